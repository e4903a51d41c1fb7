"""When something breaks: the same rows all the same, or a sentence with the server's own words and without any secret."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from tests.sources.databases.banks import IN_URL, PASSWORD, Bank
from tests.sources.databases.conftest import Read
from tests.sources.databases.test_reading import Watched, refusal

from kingmaker.adapters.sources.databases.source import DatabaseSource
from kingmaker.pipeline.privacy import Pii
from kingmaker.ports.source import Reading
from kingmaker.privacy.masking import Mask
from kingmaker.privacy.secrets import SecretMissing


def test_a_connection_killed_midway_loses_and_doubles_no_row(bank: Bank, read: Read) -> None:
    batches, said = count(), []
    mask = Watched(at=lambda: bank.kill_readers() if next(batches) in {0, 3} else None)
    rows, _ = read(bank.url, mask, said, table="loans")
    assert sorted(rows["id"].to_list()) == list(range(1, 100_001))
    assert sum("reading begins again" in one for one in said) == 2


def test_one_that_always_breaks_is_given_up_in_the_servers_words(bank: Bank, read: Read, tmp_path: Path) -> None:
    said = refusal(read, bank.url, Watched(at=bank.kill_readers), table="loans")
    assert "the connection broke 4 times while rows were read; the database says: " in said
    assert not list((tmp_path / "extract").glob("*.parquet"))


def test_what_was_read_before_a_failure_is_not_read_again(
    bank: Bank, reading_of: Callable[..., Reading], tmp_path: Path
) -> None:
    source, said = DatabaseSource(), list[str]()
    first = source.extract(reading_of(bank.url, table="loans"), tmp_path, said.append)
    again = source.extract(reading_of("postgresql://localhost:1/nothing", table="loans"), tmp_path, said.append)
    assert again == first
    assert said[-1] == "100,000 rows were read before the run broke off"


def test_a_wrong_password_is_told_without_it(bank: Bank, read: Read) -> None:
    said = refusal(read, bank.url.replace(IN_URL, "wrong%20donkey"), table="loans")
    assert "env:LOANS_URL: the database says: " in said
    assert "reader" in said
    assert "donkey" not in said


def test_no_secret_of_a_broken_url_is_told(read: Read) -> None:
    for url in (
        "postgresql://u:secr%zzet@localhost/x",
        "mysql://u:secr@et@localhost:1/x",
        "secret",
        "postgresql://u:secret@[/x",
    ):
        said = refusal(read, url, table="loans")
        assert "secr" not in said


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_host_that_there_is_not_is_told(read: Read, scheme: str) -> None:
    said = refusal(
        read,
        f"{scheme}://reader@nowhere.invalid/x?sslmode=require&ssl_mode=REQUIRED".replace(
            "sslmode=require&" if scheme == "mysql" else "&ssl_mode=REQUIRED", ""
        ),
        table="loans",
    )
    assert "nowhere.invalid" in said


def test_a_missing_reference_is_told(read: Read, bank: Bank) -> None:
    with pytest.raises(SecretMissing):
        read("", table="loans")


def test_a_table_and_a_column_that_there_are_not_are_named(bank: Bank, read: Read) -> None:
    assert "lonas" in refusal(read, bank.url, table="lonas")
    assert "amuont" in refusal(read, bank.url, query="SELECT amuont FROM loans")


def test_a_statement_that_takes_too_long_is_told_in_the_servers_words(bank: Bank, read: Read) -> None:
    said = refusal(read, bank.url + bank.limit, query=f"SELECT {bank.sleep} AS a, id FROM loans").casefold()
    assert "timeout" in said or "max_statement_time" in said


def test_an_error_quotes_no_cell_where_any_is_hidden(postgres: Bank, read: Read) -> None:
    query = "SELECT id, customer, CAST(CASE WHEN id > 90000 THEN customer ELSE '1' END AS int) AS n FROM loans"
    assert 'invalid input syntax for type integer: "Zoë' in refusal(read, postgres.url, query=query)
    said = refusal(read, postgres.url, Mask(Pii(drop=("customer",))), query=query)
    assert "may quote a cell, and is therefore not told" in said
    assert "Zoë" not in said
    early = "SELECT id, customer, CAST('13912345678' AS int) AS n FROM loans"
    assert "139" not in refusal(read, postgres.url, Mask(Pii(drop=("customer",))), query=early)
    slow = "SELECT id, CASE WHEN id > 90000 THEN pg_sleep(20)::text END AS a FROM loans"
    said = refusal(read, postgres.url + postgres.limit, Mask(Pii(drop=("id",))), query=slow)
    assert "canceling statement due to statement timeout" in said


def test_the_password_is_in_no_sentence_at_all(bank: Bank, read: Read) -> None:
    said: list[str] = []
    read(bank.url, None, said, table="loans")
    assert not [one for one in said if PASSWORD in one or IN_URL in one or "://" in one]
