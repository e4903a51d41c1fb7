"""Scoring a file of the user's own: what is written meanwhile is masked, the answer keeps the id as it was given."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from kingmaker.domain.errors import SourceError
from kingmaker.loop.scoring.applicants import Applying, after_tasks
from kingmaker.loop.scoring.rows_source import open_source
from kingmaker.pipeline.declaration import SourceDeclaration, SqlTask
from kingmaker.pipeline.privacy import Pii
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

RAW = pl.DataFrame(
    {
        "loan": ["L1", "L2", "L3"],
        "customer": ["MARK-C1", "MARK-C2", "MARK-C1"],
        "phone": ["MARK-P1", "MARK-P2", "MARK-P3"],
        "debt": [1.0, 2.0, 3.0],
    }
)
COUNTED = SqlTask(
    name="counted",
    sql="CREATE TABLE loans AS SELECT *, count(*) OVER (PARTITION BY customer) AS times FROM source ORDER BY loan",
)
PII = Pii(drop=("phone", "note"), pseudonymise=("loan", "customer"))
APPLYING = Applying(source=SourceDeclaration(file="loans.csv", tasks=(COUNTED,)), pii=PII, given=("loan",))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = open_house(Settings(home=tmp_path / "home"))
    yield house
    house.close()


def written(folder: Path, suffix: str) -> Path:
    file = folder / f"applicants.{suffix}"
    if suffix == "parquet":
        RAW.write_parquet(file)
    else:
        RAW.write_csv(file.with_suffix(".csv"), separator=";" if suffix == "semicolons" else ",")
    return file if suffix == "parquet" else file.with_suffix(".csv")


@pytest.mark.parametrize("suffix", ["csv", "semicolons", "parquet"])
def test_tasks_work_on_masked_rows_and_the_id_stays_as_it_was_given(house: House, tmp_path: Path, suffix: str) -> None:
    with after_tasks(house, APPLYING, written(tmp_path, suffix), print) as rows:
        made = pl.read_parquet(rows, memory_map=False)
    assert made.columns == ["loan", "customer", "debt", "times"]
    assert made["loan"].to_list() == ["L1", "L2", "L3"]
    assert made["times"].to_list() == [2, 1, 2]
    assert not made["customer"].str.contains("MARK").any()


def test_pseudonyms_are_those_of_the_training(house: House, tmp_path: Path) -> None:
    with after_tasks(house, APPLYING, written(tmp_path, "csv"), print) as rows:
        made = pl.read_parquet(rows, memory_map=False)
    assert made["customer"][0] == APPLYING.mask(house).pseudonym("MARK-C1")


def test_what_is_kept_for_the_answer_is_kept_as_given(house: House, tmp_path: Path) -> None:
    keeping = Applying(source=APPLYING.source, pii=PII, given=("loan", "customer"))
    with after_tasks(house, keeping, written(tmp_path, "csv"), print) as rows:
        assert pl.read_parquet(rows, memory_map=False)["customer"].to_list() == RAW["customer"].to_list()


def test_a_broken_line_of_the_file_to_score_is_not_quoted(tmp_path: Path) -> None:
    file = tmp_path / "applicants.csv"
    file.write_text("loan,debt\nL1,1\nL2,2,MARK\n", encoding="utf-8")
    opened = open_source(file)
    with pytest.raises(SourceError, match=r"Expected 2 columns, got 3\.") as refused:
        list(opened.batches(opened.columns, 10, ()))
    assert "MARK" not in str(refused.value)
