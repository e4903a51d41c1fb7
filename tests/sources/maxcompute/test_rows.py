"""What comes down: which partitions and columns, in which types, masked before anything is written."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from tests.sources.maxcompute.books import MARK, by_day, loans
from tests.sources.maxcompute.server.faults import Act, Kind
from tests.sources.maxcompute.warehouse import Heard, OwnWarehouse, Warehouse, declared, extracted, reading_of

from kingmaker.adapters.sources.maxcompute.partitions import day_of
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.privacy import Pii
from kingmaker.privacy.masking import Mask

DAYS = ("20260101", "20260104", "20260105", "20260120", "20260131", "20260201")


def masked(**pii: tuple[str, ...]) -> Mask:
    return Mask(Pii(**pii), lambda: b"k" * 32)


def test_a_table_is_read_without_tasks(warehouse: Warehouse, folder: Path) -> None:
    table = warehouse.name("loans")
    warehouse.put(table, loans(500))
    found, rows = extracted(reading_of(declared(warehouse.access, table=table)), folder)
    assert rows.sort("loan").equals(pl.DataFrame(pl.from_arrow(loans(500))))
    assert (found.rows, found.tasks) == (500, ())


def test_partitions_outside_the_window_are_not_read(warehouse: Warehouse, folder: Path) -> None:
    table = warehouse.name("loans")
    warehouse.put(table, by_day(DAYS), ("day",))
    heard = Heard()
    reading = reading_of(declared(warehouse.access, table=table, partition="day"))
    _, rows = extracted(reading, folder, heard)
    assert rows["day"].unique().sort().to_list() == ["20260105", "20260120", "20260131"]
    assert rows.height == 120
    assert f"3 partitions of table {table} are read; 3 are outside the window" in heard.sentences


def test_partitions_shortly_before_the_window_are_read_where_they_make_others_duplicates(
    own: OwnWarehouse, folder: Path
) -> None:
    own.put("loans", by_day(DAYS), ("day",))
    reading = reading_of(declared(own.access, table="loans", partition="day"), earliest=date(2026, 1, 3))
    _, rows = extracted(reading, folder)
    assert rows["day"].min() == "20260104"


def test_a_pruned_partition_is_never_asked_for(own: OwnWarehouse, folder: Path) -> None:
    own.put("loans", by_day(DAYS), ("day",))
    extracted(reading_of(declared(own.access, table="loans", partition="day")), folder)
    assert {partition for _, partition, _, _ in own.service.tunnel.given} == {
        "day=20260105",
        "day=20260120",
        "day=20260131",
    }


def test_without_the_key_every_partition_is_read(own: OwnWarehouse, folder: Path) -> None:
    own.put("loans", by_day(DAYS), ("day",))
    _, rows = extracted(reading_of(declared(own.access, table="loans")), folder)
    assert rows["loan"].to_list() == list(range(240))
    assert rows["day"].unique().sort().to_list() == list(DAYS)


@pytest.mark.parametrize(
    ("days", "key", "sentence"),
    [
        (("20260105", "latest"), "day", "the partition 'latest' is no day"),
        (("20260105",), "month", "it is partitioned by day"),
    ],
)
def test_partitions_that_cannot_be_judged_are_told(
    own: OwnWarehouse, folder: Path, days: tuple[str, ...], key: str, sentence: str
) -> None:
    own.put("loans", by_day(days), ("day",))
    with pytest.raises(SourceError, match=sentence):
        extracted(reading_of(declared(own.access, table="loans", partition=key)), folder)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20260131", date(2026, 1, 31)),
        ("2026-01-31", date(2026, 1, 31)),
        ("20260230", None),
        ("202601", None),
        ("2026-01-31 00", None),
    ],
)
def test_days_of_partitions(text: str, day: date | None) -> None:
    assert day_of(text) == day


def kinds() -> pa.Table:
    return pa.table(
        {
            "tiny": pa.array([1, None], pa.int8()),
            "number": pa.array([2**60, None], pa.int64()),
            "single": pa.array([0.5, None], pa.float32()),
            "double": pa.array([0.25, None], pa.float64()),
            "exact": pa.array([Decimal("12.50"), None], pa.decimal128(18, 2)),
            "text": ["安全", None],
            "truth": [True, None],
            "day": pa.array([date(1969, 7, 20), None], pa.date32()),
            "moment": pa.array([datetime(2026, 1, 5, 0, 30), None], pa.timestamp("us")),
        }
    )


EXPECTED = {
    "tiny": pl.Int8,
    "number": pl.Int64,
    "single": pl.Float32,
    "double": pl.Float64,
    "exact": pl.Float64,
    "text": pl.String,
    "truth": pl.Boolean,
    "day": pl.Date,
    "moment": pl.Datetime("us"),
}


@pytest.mark.parametrize("form", ["arrow", "records"])
def test_types_and_missing_values(own: OwnWarehouse, folder: Path, form: str) -> None:
    own.put("loans", kinds())
    if form == "records":
        own.service.faults.add(Kind.DATA, Act.NO_ARROW, times=100)
    _, rows = extracted(reading_of(declared(own.access, table="loans")), folder)
    assert own.service.tunnel.forms[-1] == form
    assert dict(rows.schema) == EXPECTED
    assert rows.row(0) == (1, 2**60, 0.5, 0.25, 12.5, "安全", True, date(1969, 7, 20), datetime(2026, 1, 5, 0, 30))
    assert rows.row(1) == (None,) * 9


def test_moments_are_those_of_the_declared_time_zone(own: OwnWarehouse, folder: Path) -> None:
    own.put("loans", kinds())
    settings = {"odps.sql.timezone": "America/New_York"}
    _, rows = extracted(reading_of(declared(own.access, table="loans", settings=settings)), folder)
    assert rows["moment"][0] == datetime(2026, 1, 4, 11, 30)


def test_records_come_in_slices_too(own: OwnWarehouse, folder: Path) -> None:
    own.put("loans", loans(22_000))
    own.service.faults.add(Kind.DATA, Act.NO_ARROW, times=100)
    _, rows = extracted(reading_of(declared(own.access, table="loans", slices=2)), folder)
    assert rows["loan"].to_list() == list(range(22_000))


def test_rows_come_compressed_and_in_slices(own: OwnWarehouse, folder: Path) -> None:
    own.put("loans", loans(30_000))
    found, _ = extracted(reading_of(declared(own.access, table="loans", slices=3)), folder)
    assert len(found.parts) == 3
    assert set(own.service.tunnel.compressed) == {"deflate"}
    assert {count for _, _, _, count in own.service.tunnel.given} == {10_000}


@pytest.mark.parametrize(
    ("column", "kind"), [("list", "array<bigint>"), ("pair", "struct<a:bigint>"), ("bytes", "binary")]
)
def test_a_column_of_another_kind_is_refused_by_its_name(
    own: OwnWarehouse, folder: Path, column: str, kind: str
) -> None:
    odd = {"list": pa.array([[1]]), "pair": pa.array([{"a": 1}]), "bytes": pa.array([b"x"])}
    own.put("loans", pa.table({"loan": [1], column: odd[column]}))
    with pytest.raises(SourceError, match=f"the column `{column}` is of the type {kind}"):
        extracted(reading_of(declared(own.access, table="loans")), folder)
    _, rows = extracted(reading_of(declared(own.access, table="loans"), mask=masked(drop=(column,))), folder)
    assert rows.columns == ["loan"]


def test_a_view_is_refused(own: OwnWarehouse, folder: Path) -> None:
    own.put("raw", loans(5))
    tasks = {"one": "CREATE VIEW loans AS SELECT * FROM raw"}
    with pytest.raises(SourceError, match="this is a view"):
        extracted(reading_of(declared(own.access, tasks=tasks)), folder)


def test_an_empty_table_is_told(own: OwnWarehouse, folder: Path) -> None:
    own.put("raw", loans(5))
    tasks = {"one": "CREATE TABLE loans AS SELECT * FROM raw WHERE loan > 100"}
    with pytest.raises(SourceError, match="the table holds no rows"):
        extracted(reading_of(declared(own.access, tasks=tasks)), folder)


@pytest.mark.parametrize("form", ["arrow", "records"])
def test_a_pseudonym_is_written_and_never_the_value(own: OwnWarehouse, folder: Path, form: str) -> None:
    own.put("loans", loans(300))
    if form == "records":
        own.service.faults.add(Kind.DATA, Act.NO_ARROW, times=100)
    mask = masked(pseudonymise=("customer",))
    _, rows = extracted(reading_of(declared(own.access, table="loans"), mask=mask), folder)
    assert rows["customer"].to_list() == [mask.pseudonym(f"{MARK}-{number}") for number in range(300)]
    assert all(MARK.encode() not in path.read_bytes() for path in folder.iterdir())


def test_a_dropped_column_is_not_even_asked_for(own: OwnWarehouse, folder: Path) -> None:
    own.put("loans", loans(300))
    reading = reading_of(declared(own.access, table="loans"), mask=masked(drop=("customer",)))
    _, rows = extracted(reading, folder)
    assert rows.columns == ["loan", "applied", "amount"]
    assert own.service.tunnel.columns_asked == ["loan", "applied", "amount"]


def test_a_partition_column_can_be_masked(own: OwnWarehouse, folder: Path) -> None:
    own.put("loans", by_day(DAYS), ("day",))
    mask = masked(pseudonymise=("day",))
    _, rows = extracted(reading_of(declared(own.access, table="loans", partition="day"), mask=mask), folder)
    assert rows["day"].unique().sort().to_list() == sorted(map(mask.pseudonym, DAYS[2:5]))


def test_a_misspelt_column_to_be_masked_is_told(own: OwnWarehouse, folder: Path) -> None:
    own.put("loans", loans(5))
    with pytest.raises(SourceError, match="custommer"):
        extracted(reading_of(declared(own.access, table="loans"), mask=masked(drop=("custommer",))), folder)


def test_a_joined_table_belongs_to_a_loan_as_it_was_known(own: OwnWarehouse, folder: Path) -> None:
    own.put("loans", loans(3))
    known = [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 9)]
    own.put("bureau", pa.table({"loan": [1, 1, 1], "known": pa.array(known, pa.date32()), "points": [10, 20, 30]}))
    joins = [{"table": "bureau", "on": ["loan"], "available_at": "known"}]
    reading = reading_of(declared(own.access, table="loans", joins=joins), applied_at="applied")
    found, rows = extracted(reading, folder)
    assert rows["points"].to_list() == [None, 20, None]
    assert found.rows == 3
