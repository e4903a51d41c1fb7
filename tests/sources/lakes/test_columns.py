"""One table of many files: columns that differ are told with the file that has them."""

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from tests.sources.lakes.books import as_bytes, month_of, on_disk
from tests.sources.lakes.conftest import Read

from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.privacy import Pii
from kingmaker.privacy.masking import Mask


def refusal(read: Read, file: str = "loans", **asked: object) -> str:
    with pytest.raises(SourceError) as raised:
        read(file, **asked)
    return str(raised.value)


def two(folder: Path, first: pl.DataFrame, second: pl.DataFrame, suffix: str = ".parquet") -> None:
    on_disk(folder, {f"loans/a{suffix}": as_bytes(first, suffix), f"loans/b{suffix}": as_bytes(second, suffix)})


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_a_file_without_a_column_or_with_one_more_is_named(tmp_path: Path, read: Read, suffix: str) -> None:
    two(tmp_path, month_of(1, income=[1, 2, 3]), month_of(2), suffix)
    assert refusal(read).startswith(f"b{suffix}: it has no column `income`, as `a{suffix}` has.")
    two(tmp_path, month_of(1), month_of(2, income=[1, 2, 3]), suffix)
    assert refusal(read).startswith(f"b{suffix}: it has a column `income`, which `a{suffix}` has not.")


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_the_order_of_columns_may_differ(tmp_path: Path, read: Read, suffix: str) -> None:
    two(tmp_path, month_of(1), month_of(2).select("phone", "applied", "loan"), suffix)
    rows, _ = read("loans", text=["phone"] if suffix == ".csv" else [])
    assert rows["loan"].to_list() == [100, 101, 102, 200, 201, 202]
    assert rows["phone"][3] == "01380200000"


def test_numbers_of_different_types_become_the_wider_one(tmp_path: Path, read: Read) -> None:
    two(tmp_path, month_of(1, income=[1, 2, None]), month_of(2, income=[0.5, None, 2.0]))
    assert read("loans")[0]["income"].to_list() == [1.0, 2.0, None, 0.5, None, 2.0]


def test_a_column_that_is_empty_in_one_file_takes_the_others_type(tmp_path: Path, read: Read) -> None:
    two(tmp_path, month_of(1, state=[None] * 3), month_of(2, state=["A", "B", None]))
    assert read("loans")[0]["state"].to_list() == [None, None, None, "A", "B", None]


def test_text_where_others_have_numbers_is_told_with_the_file(tmp_path: Path, read: Read) -> None:
    two(tmp_path, month_of(1, income=[1, 2, 3]), month_of(2, income=["1", "2", "many"]))
    assert refusal(read).startswith("b.parquet: the column `income` is string here, and int64 in the files before.")


def test_days_and_moments_are_not_the_same(tmp_path: Path, read: Read) -> None:
    two(tmp_path, month_of(1, seen=[date(2010, 1, 1)] * 3), month_of(2, seen=[datetime(2010, 1, 1, 9)] * 3))
    assert "the column `seen` is timestamp[us] here, and date32[day] in the files before" in refusal(read)


def test_a_word_among_numbers_of_csv_is_told_with_the_lake_s_own_file_and_line(tmp_path: Path, read: Read) -> None:
    good = as_bytes(month_of(1, 40, income=list(range(40))), ".csv")
    bad = good.replace(b"01380100007,7", b"01380100007,many")
    on_disk(tmp_path, {"loans/a.csv": good, "loans/b.csv": bad})
    assert refusal(read).startswith("b.csv, line 9, column income: 'many' is not a number")


def test_where_something_is_masked_no_cell_of_a_lake_is_told(tmp_path: Path, read: Read) -> None:
    lines = "".join(f"{number},013{number},{number}\n" for number in range(60))
    on_disk(tmp_path, {"loans/a.csv": f"loan,phone,income\n{lines}60,0136,many\n".encode()})
    said = refusal(read, mask=Mask(Pii(drop=("phone",))))
    assert said.startswith("a.csv, line 62, column income: the cell is not a number")
    assert "many" not in said


def test_a_line_whose_cells_are_shifted_is_refused_before_it_is_written(tmp_path: Path, read: Read) -> None:
    on_disk(tmp_path, {"loans/a.csv": b"loan,phone\n1,0138\n2,extra,0139\n"})
    assert refusal(read, mask=Mask(Pii(drop=("phone",)))).startswith(
        "a.csv, line 3: the line has 3 cells, the header 2."
    )
    assert not any(b"0139" in path.read_bytes() for path in (tmp_path / "extract").rglob("*") if path.is_file())


def test_a_masked_column_that_is_not_there_is_told(tmp_path: Path, read: Read) -> None:
    on_disk(tmp_path, {"loans/a.parquet": as_bytes(month_of(1))})
    assert "`pii.drop` names `fone`, which is not a column of the source" in refusal(
        read, mask=Mask(Pii(drop=("fone",)))
    )


def test_a_folder_may_not_tell_what_is_to_be_masked(tmp_path: Path, read: Read) -> None:
    on_disk(tmp_path, {"loans/customer=ada/a.parquet": as_bytes(month_of(1))})
    said = refusal(read, mask=Mask(Pii(drop=("customer",))))
    assert said.startswith("loans: the folders tell `customer`, which is to be masked.")
    assert "ada" not in said


def test_tasks_run_over_a_lake(tmp_path: Path, read: Read) -> None:
    two(tmp_path, month_of(1), month_of(2))
    task = {"name": "count", "sql": "CREATE TABLE loans AS SELECT count(*) AS loans, max(loan) AS last FROM source"}
    assert read("loans", tasks=[task])[0].rows() == [(6, 202)]


def test_a_reading_that_failed_goes_on_with_what_is_not_there_yet(tmp_path: Path, read: Read, told: list[str]) -> None:
    files = {f"loans/{name}.csv": as_bytes(month_of(1), ".csv") for name in "abc"}
    on_disk(tmp_path, files | {"loans/c.csv": files["loans/c.csv"] + b"1,2\n"})
    assert refusal(read).startswith("c.csv, line 5: the line has 2 cells, the header 3.")
    assert not list((tmp_path / "extract").glob("*.parquet"))
    on_disk(tmp_path, {"loans/c.csv": files["loans/c.csv"]})
    assert read("loans")[1].rows == 9
    assert "2 of 3 files were read before the run broke off" in told
