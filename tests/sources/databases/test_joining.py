"""Tables of the database join as they were known, beside those that tasks make."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.sources.databases.banks import Bank

from kingmaker.adapters.sources.databases.source import DatabaseSource
from kingmaker.pipeline.privacy import Pii
from kingmaker.ports.source import Reading
from kingmaker.privacy.masking import Mask

Join = Callable[..., pl.DataFrame]

QUERY = "SELECT id, customer, applied FROM loans WHERE id <= 3 ORDER BY id"
HISTORY = {"table": "history", "on": ["customer"], "available_at": "known"}


@pytest.fixture
def joined(reading_of: Callable[..., Reading], tmp_path: Path) -> Join:
    def make(url: str, mask: Mask | None = None, **declared: object) -> pl.DataFrame:
        asked = replace(reading_of(url, mask, query=QUERY, **declared), applied_at="applied")
        extracted = DatabaseSource(pauses=()).extract(asked, tmp_path, lambda _: None)
        return pl.read_parquet(list(extracted.parts))

    return make


def fill(bank: Bank) -> None:
    """Customers 1 and 2 with a score from before their applications (2 and 3 January), restated afterwards."""
    bank.does("DROP TABLE IF EXISTS history")
    bank.does("CREATE TABLE history AS SELECT customer, applied AS known, 100 * id AS score FROM loans WHERE id <= 2")
    bank.does(
        "INSERT INTO history SELECT customer, DATE '2020-02-01', 900 FROM loans WHERE id <= 3",
    )


def test_a_table_of_the_database_joins_as_it_was_known(bank: Bank, joined: Join) -> None:
    fill(bank)
    rows = joined(bank.url, joins=[HISTORY])
    assert rows.select("id", "score").rows() == [(1, 100), (2, 200), (3, None)]


def test_it_joins_to_what_tasks_made_and_under_pseudonyms(bank: Bank, joined: Join) -> None:
    fill(bank)
    mask = Mask(Pii(pseudonymise=("customer",)), lambda: b"k" * 32)
    sql = (
        "CREATE TABLE loans AS SELECT * FROM source ORDER BY id DESC; "
        "CREATE VIEW others AS SELECT id, applied AS known, 7 AS lucky FROM source"
    )
    made = {"table": "others", "on": ["id"], "available_at": "known"}
    rows = joined(bank.url, mask, tasks=[{"name": "turn", "sql": sql}], joins=[HISTORY, made])
    assert rows.select("id", "score", "lucky").rows() == [(3, None, 7), (2, 200, 7), (1, 100, 7)]
    assert rows["applied"].to_list()[2] == date(2020, 1, 2)
    assert rows["customer"][2] == mask.pseudonym("Zoë 贷款 1")
