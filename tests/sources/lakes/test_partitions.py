"""Partitions: what cannot be needed is not read, and no row that can be is lost."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.sources.lakes.books import RUBBISH, as_bytes, half_a_year, month_of, on_disk
from tests.sources.lakes.conftest import Read, reading_of

from kingmaker.adapters.sources.files import FileSource
from kingmaker.adapters.sources.lakes.listing import lake_of
from kingmaker.domain.errors import SourceError


def names(folder: Path, file: str, **declared: object) -> list[str]:
    """The files that would be read."""
    return [piece.found.name for piece in lake_of(reading_of(folder, file, **declared)).pieces]


def test_a_folder_of_parquet_is_read_in_the_order_of_its_names_with_its_partitions_as_columns(
    tmp_path: Path, read: Read
) -> None:
    on_disk(tmp_path, {name: data for name, data in half_a_year().items() if data != RUBBISH})
    rows, extracted = read("loans")
    assert rows.columns == ["loan", "applied", "phone", "month"]
    assert rows["month"].to_list() == [f"2010-{month:02}" for month in range(1, 7) for _ in range(3)]
    assert rows["loan"].to_list() == [100 * month + row for month in range(1, 7) for row in range(3)]
    assert extracted.rows == 18


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_months_after_the_run_s_day_are_not_read_where_the_month_is_the_application_s(
    tmp_path: Path, read: Read, told: list[str], suffix: str
) -> None:
    on_disk(tmp_path, half_a_year(suffix))
    rows, _ = read("loans", partitioned_by=["month"])
    assert rows.height == 18
    assert told[0] == f"reading 6 of 8 files of {tmp_path / 'loans'}"


def test_months_before_the_window_are_not_read_either_but_the_one_in_which_it_begins_is(
    tmp_path: Path, read: Read
) -> None:
    on_disk(tmp_path, half_a_year() | {"loans/month=2010-01/part-0.parquet": RUBBISH})
    rows, _ = read("loans", partitioned_by=["month"], earliest=date(2010, 2, 28))
    assert rows["month"].unique().sort().to_list() == [f"2010-{month:02}" for month in range(2, 7)]


def test_a_month_that_nobody_called_the_application_s_is_read_whatever_it_is(tmp_path: Path, read: Read) -> None:
    on_disk(tmp_path, half_a_year())
    with pytest.raises(SourceError, match=r"month=2010-07/part-0\.parquet: this is not readable Parquet"):
        read("loans")


def test_the_application_date_itself_needs_no_word_unless_tasks_may_count_older_rows(tmp_path: Path) -> None:
    on_disk(tmp_path, {f"loans/applied=2010-0{month}-01/a.parquet": b"x" for month in (5, 6, 7)})
    task = {"name": "t", "sql": "CREATE TABLE loans AS SELECT * FROM source"}
    assert names(tmp_path, "loans") == ["applied=2010-05-01/a.parquet", "applied=2010-06-01/a.parquet"]
    assert len(names(tmp_path, "loans", tasks=[task])) == 3


@pytest.mark.parametrize(
    ("folders", "read_of_them"),
    [
        (["day=2010-06-30", "day=2010-07-01"], 1),
        (["day=20100630", "day=20100701"], 1),
        (["day=2010-06", "day=201007"], 1),
        (["day=2010", "day=2011"], 1),
        (["day=__HIVE_DEFAULT_PARTITION__", "day=2011"], 1),
        (["day=summer", "day=2010-13"], 2),
    ],
)
def test_periods_are_read_as_they_are_written_and_what_is_none_is_never_left(
    tmp_path: Path, folders: list[str], read_of_them: int
) -> None:
    on_disk(tmp_path, {f"loans/{folder}/a.parquet": b"x" for folder in folders})
    assert len(names(tmp_path, "loans", partitioned_by=["day"])) == read_of_them


def test_year_month_and_day_make_one_period_together(tmp_path: Path) -> None:
    days = [
        "year=2010/month=6/day=30",
        "year=2010/month=07/day=01",
        "year=2009/month=12/day=31",
        "year=2009/month=1/day=5",
    ]
    on_disk(tmp_path, {f"loans/{day}/a.parquet": b"x" for day in days})
    found = names(tmp_path, "loans", partitioned_by=["year", "month", "day"], earliest=date(2009, 12, 31))
    assert found == ["year=2009/month=12/day=31/a.parquet", "year=2010/month=6/day=30/a.parquet"]
    assert len(names(tmp_path, "loans", partitioned_by=["year"], earliest=date(2009, 12, 31))) == 4


def test_without_partitions_everything_is_read_and_the_folders_are_no_columns(tmp_path: Path, read: Read) -> None:
    on_disk(tmp_path, {name: data for name, data in half_a_year().items() if data != RUBBISH})
    rows, _ = read("loans", partitions="none", as_of=date(2010, 1, 1))
    assert rows.columns == ["loan", "applied", "phone"]
    assert rows.height == 18


def test_a_partition_column_that_no_folder_names_is_told(tmp_path: Path) -> None:
    on_disk(tmp_path, half_a_year())
    with pytest.raises(
        SourceError, match="`partitioned_by` names `months`, which is no partition: the folders name month"
    ):
        names(tmp_path, "loans", partitioned_by=["months"])


def test_a_pattern_chooses_over_several_levels(tmp_path: Path) -> None:
    on_disk(tmp_path, half_a_year() | {"loans/month=2010-01/part-0.txt": b"notes", "loans/readme": b"notes"})
    assert len(names(tmp_path, "loans/*/part-*.parquet")) == 8
    assert len(names(tmp_path, "loans/**/*.parquet", partitioned_by=["month"])) == 6
    assert names(tmp_path, "loans/month=2010-0[12]/*.parquet") == [
        "month=2010-01/part-0.parquet",
        "month=2010-02/part-0.parquet",
    ]


def test_what_is_no_loan_s_file_stops_the_reading_and_what_writers_leave_does_not(tmp_path: Path) -> None:
    on_disk(tmp_path, half_a_year() | {"loans/_SUCCESS": b"x", "loans/month=2010-01/.part.crc": b"x"})
    assert len(names(tmp_path, "loans")) == 8
    on_disk(tmp_path, {"loans/month=2010-01/000000_0": b"rows"})
    with pytest.raises(SourceError, match=r"month=2010-01/000000_0: this is neither \.csv nor \.parquet"):
        names(tmp_path, "loans")


def test_a_table_of_delta_lake_is_refused_as_its_folder_holds_removed_rows(tmp_path: Path) -> None:
    on_disk(tmp_path, {"loans/a.parquet": b"x", "loans/_delta_log/0.json": b"x"})
    with pytest.raises(SourceError, match="this is a table of Delta Lake"):
        names(tmp_path, "loans")


def test_types_of_partitions_are_those_of_all_their_values(tmp_path: Path, read: Read) -> None:
    one = as_bytes(month_of(1))
    places = ["region=7/code=007/day=2010-01-01", "region=12/code=012/day=__HIVE_DEFAULT_PARTITION__"]
    on_disk(tmp_path, {f"loans/{place}/a.parquet": one for place in places})
    rows, _ = read("loans")
    assert rows.schema["region"] == pl.Int64
    assert rows.schema["day"] == pl.Date
    assert rows["code"].unique().sort().to_list() == ["007", "012"]
    assert rows["day"].null_count() == 3


def test_the_fingerprint_follows_what_is_read_and_not_what_is_passed(tmp_path: Path) -> None:
    on_disk(tmp_path, half_a_year())
    source, asked = FileSource(), reading_of(tmp_path, "loans", partitioned_by=["month"])
    first = source.fingerprint(asked)
    on_disk(tmp_path, {"loans/month=2010-08/part-1.parquet": b"more"})
    assert source.fingerprint(asked) == first
    on_disk(tmp_path, {"loans/month=2010-06/part-1.parquet": b"more"})
    assert source.fingerprint(asked) != first
