"""The rows to score: a raw file goes through the same tasks as the loans that the model was trained on."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from kingmaker.domain.errors import DataRefused, NotFound, SourceError
from kingmaker.loop.scoring.applicants import Applying, after_tasks
from kingmaker.pipeline.declaration import SourceDeclaration, SqlTask
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

RAW = pl.DataFrame({"loan": ["1", "2", "3"], "industry": [236115, 0, 721110]})
SECTORS = SqlTask(
    name="sectors",
    sql="CREATE TABLE loans AS SELECT loan, left(CAST(industry AS VARCHAR), 2) AS sector FROM source",
)
SOURCE = SourceDeclaration(file="where/the/loans/of/the/training/were.csv", tasks=(SECTORS,))
DECLARED = Applying(source=SOURCE)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = open_house(Settings(home=tmp_path / "home"))
    yield house
    house.close()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_raw_file_goes_through_the_declared_tasks(house: House, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"applicants.{suffix}"
    (RAW.write_csv if suffix == "csv" else RAW.write_parquet)(file)
    told: list[str] = []
    with after_tasks(house, DECLARED, file, told.append) as rows:
        made = pl.read_parquet(rows, memory_map=False)
    assert made.columns == ["loan", "sector"]
    assert made["sector"].to_list() == ["23", "0", "72"]
    assert "task sectors" in told


def test_nothing_of_the_applicants_is_left_in_the_home(house: House, tmp_path: Path) -> None:
    RAW.write_parquet(tmp_path / "applicants.parquet")
    with after_tasks(house, DECLARED, tmp_path / "applicants.parquet", print) as rows:
        assert rows.is_file()
    assert list(house.workspace.iterdir()) == []


def test_without_tasks_the_file_is_scored_as_it_is(house: House, tmp_path: Path) -> None:
    plain = Applying(source=SOURCE.model_copy(update={"tasks": ()}))
    with after_tasks(house, plain, tmp_path / "applicants.csv", print) as rows:
        assert rows == tmp_path / "applicants.csv"


def test_a_file_that_the_tasks_do_not_fit_is_refused_with_the_way_round(house: House, tmp_path: Path) -> None:
    file = tmp_path / "applicants.parquet"
    RAW.rename({"industry": "sector"}).write_parquet(file)
    wrong = pytest.raises(SourceError, match=r"applicants\.parquet, task `sectors`: .*industry.*`--no-tasks`")
    with wrong, after_tasks(house, DECLARED, file, print):
        pass


def test_what_is_wrong_with_the_rows_is_told_of_the_file_that_was_given(house: House, tmp_path: Path) -> None:
    file = tmp_path / "applicants.parquet"
    RAW.write_parquet(file)
    with pytest.raises(DataRefused) as refused, after_tasks(house, DECLARED, file, print) as rows:
        raise DataRefused("the rows lack `amount`", where=str(rows), remedy="Add it.")
    assert refused.value.sentence() == f"{file}, after the tasks: the rows lack `amount`. Add it."


def test_a_file_that_is_not_there_is_said_to_be_missing(house: House, tmp_path: Path) -> None:
    missing = pytest.raises(NotFound, match="there is no file to score")
    with missing, after_tasks(house, DECLARED, tmp_path / "nowhere.csv", print):
        pass
