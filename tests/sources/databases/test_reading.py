"""What comes out of a database: every row once, of plain types, as of one moment, with the run's dates bound."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.sources.databases.banks import Bank
from tests.sources.databases.conftest import Read

from kingmaker.adapters.sources.databases.source import DatabaseSource
from kingmaker.domain.errors import SourceError
from kingmaker.ports.source import Reading
from kingmaker.privacy.masking import Mask


@dataclass(frozen=True)
class Watched(Mask):
    """A mask that tells of each batch before it is written."""

    at: Callable[[], object] = field(default=lambda: None)

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        self.at()
        return super().apply(batch)


def refusal(read: Read, *arguments: object, **declared: object) -> str:
    with pytest.raises(SourceError) as raised:
        read(*arguments, **declared)
    return str(raised.value)


def test_every_row_comes_once_with_its_type(bank: Bank, read: Read) -> None:
    said: list[str] = []
    rows, extracted = read(bank.url, said=said, table="loans")
    assert extracted.rows == rows.height == 100_000
    rows = rows.sort("id")
    assert rows["id"].to_list() == list(range(1, 100_001))
    assert rows["large"].to_list()[:2] == [10_000_000_000, 20_000_000_000]
    assert rows["amount"].dtype == rows["ratio"].dtype == pl.Float64
    assert rows["amount"].to_list()[99] == 101.0
    assert rows["single"].to_list()[2] == 0.375
    assert rows["ratio"].to_list()[0] == 1 / 3
    assert rows["customer"].to_list()[0] == "Zoë 贷款 1"
    assert rows["code"].to_list()[0] == "x"
    assert rows["applied"].to_list()[0] == date(2020, 1, 2)
    assert rows["decided"].to_list()[0] == datetime(2020, 1, 1, 10, 0, 1, 250_000)
    assert rows["paid"].to_list()[0] == datetime(2020, 6, 1, 10, 0, 1)
    assert rows["bad"].to_list()[:2] == [False, True]
    assert rows["document"].str.json_path_match("$.a").to_list()[0] == "1"
    assert rows["maybe"].null_count() == 33_333
    assert rows["at"].to_list()[0] == "10:20:30"
    assert rows["nothing"].null_count() == 100_000
    assert [one for one in said if "is read as text" in one]


def test_row_groups_are_bounded_and_nothing_unfinished_is_left(bank: Bank, read: Read, tmp_path: Path) -> None:
    _, extracted = read(bank.url, query=f"SELECT n FROM {bank.rows.format(300_000)}")
    groups = [pq.ParquetFile(part).metadata.row_group(place).num_rows for part in extracted.parts for place in range(2)]
    assert max(groups) <= 131_072
    assert not list((tmp_path / "extract").glob("*.unfinished"))


def test_dates_of_the_run_are_bound(bank: Bank, read: Read) -> None:
    query = (
        "SELECT count(*) AS n, {{ as_of }} AS today FROM loans -- ; not {{ as_of }}\n"
        "WHERE applied BETWEEN {{window.start}} AND {{ window.end }} AND customer <> ': :as_of %s' AND '%' = '%';"
    )
    rows, _ = read(bank.url, query=query)
    assert rows["today"].to_list() == [date(2021, 3, 1)]
    expected = bank.does("SELECT count(*) FROM loans WHERE applied BETWEEN '2020-02-01' AND '2020-12-31'")
    assert rows["n"].to_list() == [expected[0][0]]


def test_a_date_in_quotes_is_told(bank: Bank, read: Read) -> None:
    assert "`{{ as_of }}` stands in quotes" in refusal(read, bank.url, query="SELECT '{{ as_of }}' AS day")


def test_tasks_work_on_what_was_read_with_the_same_dates(bank: Bank, read: Read) -> None:
    tasks = [
        {"name": "early", "sql": "CREATE VIEW early AS SELECT * FROM source WHERE applied < {{ window.start }}"},
        {"name": "loans", "sql": "CREATE TABLE loans AS SELECT id, {{ as_of }} AS today FROM early"},
    ]
    rows, extracted = read(bank.url, table="loans", tasks=tasks)
    assert rows.height == bank.does("SELECT count(*) FROM loans WHERE applied < '2020-02-01'")[0][0]
    assert rows["today"].unique().to_list() == [date(2021, 3, 1)]
    assert [name for name, *_ in extracted.tasks] == ["early", "loans"]


def test_a_name_is_a_name_whatever_stands_in_it(bank: Bank, read: Read) -> None:
    said = refusal(read, bank.url, table="loans; DROP TABLE loans; --")
    assert "DROP TABLE loans" in said
    assert bank.does("SELECT count(*) FROM loans") == [(100_000,)]
    quote = '"' if bank.kind == "postgresql" else "`"
    odd = "odd \"name'" if bank.kind == "mysql" else "odd `name'"
    bank.does(f"DROP TABLE IF EXISTS {quote}{odd}{quote}")
    bank.does(f"CREATE TABLE {quote}{odd}{quote} AS SELECT 1 AS a")
    assert read(bank.url, table=odd)[0]["a"].to_list() == [1]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DELETE FROM loans", "the query is no SELECT"),
        ("SELECT 1 AS a; DELETE FROM loans", "the query holds more than one statement"),
        ("SELECT * INTO stolen FROM loans", "the query writes (`INTO`)"),
        ("/* ; */ DELETE FROM loans -- SELECT", "the query is no SELECT"),
    ],
)
def test_only_one_select_is_taken(bank: Bank, read: Read, query: str, said: str) -> None:
    assert said in refusal(read, bank.url, query=query)


def test_nothing_can_be_written_by_one_who_has_the_right_to(bank: Bank, read: Read) -> None:
    if bank.kind == "postgresql":
        bank.does("CREATE OR REPLACE FUNCTION forget() RETURNS int LANGUAGE sql AS 'DELETE FROM loans RETURNING 1'")
        attempts = [
            "WITH gone AS (DELETE FROM loans RETURNING id) SELECT * FROM gone",
            "SELECT forget() AS n",
            "SELECT set_config('transaction_read_only', 'off', true) AS n, forget() AS m",
            "SELECT 1) TO PROGRAM 'true' --",
        ]
    else:
        _make_function(bank)
        attempts = ["SELECT forget() AS n"]
    for attempt in attempts:
        said = refusal(read, bank.url, query=attempt)
        assert "the database says: " in said
        assert any(word in said for word in ("read-only", "read-write", "READ ONLY", "top level", "syntax")), said
    assert bank.does("SELECT count(*) FROM loans") == [(100_000,)]


def _make_function(bank: Bank) -> None:
    """Its body holds semicolons, at which `does` would part it."""
    bank.does("DROP FUNCTION IF EXISTS forget")
    with bank.engine.connect() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION forget() RETURNS INT BEGIN DELETE FROM loans LIMIT 1; RETURN 1; END"
        )


def test_what_is_read_is_of_one_moment(bank: Bank, read: Read) -> None:
    bank.does(
        f"DROP TABLE IF EXISTS moving; CREATE TABLE moving AS SELECT n, 0 AS round FROM {bank.rows.format(50_000)}"
    )
    mask = Watched(at=lambda: bank.does("UPDATE moving SET round = round + 1 WHERE n > 49990"))
    rows, _ = read(bank.url, mask, table="moving")
    assert rows["round"].unique().to_list() == [0]
    assert bank.does("SELECT max(round) FROM moving")[0][0] > 0


def test_an_empty_result_is_refused(bank: Bank, read: Read) -> None:
    assert "the database gave no rows" in refusal(read, bank.url, query="SELECT * FROM loans WHERE id < 0")


def test_two_columns_of_one_name_are_refused(bank: Bank, read: Read) -> None:
    assert "the query gives two columns named `a`" in refusal(read, bank.url, query="SELECT 1 AS a, 2 AS a")


def test_a_column_that_nobody_reads_is_named(bank: Bank, read: Read) -> None:
    query = (
        "SELECT 1 AS a, CAST('x' AS bytea) AS picture"
        if bank.kind == "postgresql"
        else "SELECT 1 AS a, CAST('x' AS BINARY) AS picture"
    )
    assert "the column `picture` holds" in refusal(read, bank.url, query=query)


def test_the_fingerprint_is_of_the_declaration_and_the_occasion(bank: Bank, reading_of: Callable[..., Reading]) -> None:
    first = DatabaseSource().fingerprint(reading_of("postgresql://nobody.invalid/x", table="loans"))
    assert DatabaseSource().fingerprint(reading_of("mysql://elsewhere.invalid/x", table="loans")) == first
    assert DatabaseSource().fingerprint(reading_of(bank.url, table="people")) != first
