"""What the ledger says when its database is locked, full, read-only, damaged, old, new or simply not there yet."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kingmaker.adapters.ledgers import tables
from kingmaker.adapters.ledgers.migration import MIGRATIONS, migrate
from kingmaker.adapters.ledgers.records import to_text
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.adapters.ledgers.upgrade import REVISIONS
from kingmaker.adapters.sql import open_database, writing
from kingmaker.domain.errors import StorageFailed, TamperFound

from .ledger_examples import Clock, open_run, request, stage, trial, verdict


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqlLedger]:
    ledger = SqlLedger.open(path, clock=Clock(), busy_seconds=0.1)
    yield ledger
    ledger.close()


def write(ledger: SqlLedger, why: str = "") -> None:
    ledger.note(by="ann", action="noted", subject="", before="", after="", why=why)


def test_an_empty_file_becomes_a_ledger(path: Path):
    path.touch()
    ledger = SqlLedger.open(path, clock=Clock())
    open_run(ledger)
    ledger.close()


def test_opening_again_keeps_everything_and_writes_nothing(path: Path, ledger: SqlLedger):
    open_run(ledger)
    ledger.close()
    before = path.read_bytes()
    again = SqlLedger.open(path, clock=Clock())
    assert again.run(1).request == request()
    again.close()
    again.close()
    assert path.read_bytes() == before


def test_the_migrations_make_the_tables_the_code_speaks_of(ledger: SqlLedger):
    with ledger.engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


def test_the_revisions_that_are_known_are_the_files_of_migrations():
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS


def test_opening_a_ledger_that_has_its_tables_does_not_load_what_makes_them(path: Path, ledger: SqlLedger):
    code = f"""
import sys
from datetime import UTC, datetime
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
SqlLedger.open({str(path)!r}, clock=lambda: datetime.now(UTC)).close()
print(*sys.modules)
"""
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "sqlalchemy" in loaded
    assert "alembic" not in loaded


def test_a_ledger_of_the_first_tables_is_upgraded_and_its_trials_do_not_know_when_they_began(path: Path):
    old = open_database(path)
    with writing(old) as connection:
        migrate(connection, "0001")
        record = to_text(replace(trial(), started_at=None))
        values = {
            "key": "t1",
            "number": 1,
            "learner": "xgboost",
            "ended": "fitted",
            "utility": -0.125,
            "record": record,
        }
        connection.execute(
            sa.text("INSERT INTO trial VALUES (:key, :number, :learner, :ended, :utility, :record)"), values
        )
    old.dispose()
    ledger = SqlLedger.open(path, clock=Clock())
    assert ledger.trial("t1") == replace(trial(), started_at=None)
    ledger.record_trial(open_run(ledger), trial("t2", 2))
    assert ledger.trial("t2") == trial("t2", 2)
    ledger.close()


def test_a_ledger_of_a_newer_kingmaker_is_refused(path: Path, ledger: SqlLedger):
    with ledger.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(
        StorageFailed, match=r"written by a newer Kingmaker \(its tables are 9999, .* Install that version"
    ):
        SqlLedger.open(path, clock=Clock())


def test_the_file_keeps_readers_and_the_writer_apart_and_flushes_every_commit(ledger: SqlLedger):
    with ledger.engine.begin() as connection:
        settings = [connection.execute(sa.text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
        assert settings == ["wal", 2]
        assert connection.execute(sa.text("PRAGMA foreign_keys")).scalar() == 1


def test_a_locked_ledger_is_said_and_can_still_be_read(path: Path, ledger: SqlLedger):
    write(ledger)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageFailed, match="Another process keeps the database locked"):
        write(ledger)
    assert ledger.verify_audit() == 1
    other.rollback()
    write(ledger)
    other.close()


def test_a_full_disk_is_said_and_what_was_being_written_is_taken_back(ledger: SqlLedger):
    lease = open_run(ledger)
    ledger.engine.dispose()

    @sa.event.listens_for(ledger.engine, "connect")
    def _leave_no_room(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    with pytest.raises(StorageFailed, match="The disk is full, and nothing was recorded"):
        write(ledger, "x" * 100_000)
    assert ledger.verify_audit() == 0
    ledger.record_stage(lease, stage(1))
    assert ledger.stages(1) == [stage(1)]


def test_a_ledger_that_may_not_be_written_can_be_read(path: Path, ledger: SqlLedger):
    write(ledger)
    reader = SqlLedger.open(f"sqlite:///file:{path}?mode=ro&uri=true", clock=Clock())
    assert reader.verify_audit() == 1
    with pytest.raises(StorageFailed, match="cannot be written"):
        write(reader)
    reader.close()


def test_a_folder_that_is_a_file_is_said(path: Path):
    path.write_text("in the way")
    with pytest.raises(StorageFailed, match="folder could not be used"):
        SqlLedger.open(path / "ledger.db", clock=Clock())


def test_a_file_that_is_no_database_is_said(path: Path):
    path.write_bytes(b"not a database at all" * 1000)
    with pytest.raises(TamperFound, match="The database file is damaged"):
        SqlLedger.open(path, clock=Clock())


def test_a_damaged_file_is_said(path: Path, ledger: SqlLedger):
    for _ in range(50):
        write(ledger, "x" * 1000)
    ledger.close()
    data = bytearray(path.read_bytes())
    data[4096 * 3 :] = b"\xa5" * (len(data) - 4096 * 3)
    path.write_bytes(data)
    with pytest.raises((TamperFound, StorageFailed)):
        SqlLedger.open(path, clock=Clock()).verify_audit()


def test_a_clock_without_a_time_zone_is_read_as_local_time(path: Path):
    ledger = SqlLedger.open(path, clock=lambda: datetime(2026, 3, 1, 12).astimezone())
    run, _ = ledger.open_run(request(), "one")
    assert run.started_at == datetime(2026, 3, 1, 12).astimezone()
    assert ledger.run(1).started_at.tzinfo is UTC
    ledger.close()


def test_a_killed_transaction_was_never_there(path: Path, ledger: SqlLedger):
    open_run(ledger)
    connection = ledger.engine.connect()
    connection.execute(sa.text("UPDATE run SET token = 99"))
    connection.invalidate()
    connection.close()
    assert ledger.open_run(request(), "one")[1].token == 2


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE run SET reason = 'magic'",
        "UPDATE run SET started_at = 'yesterday'",
        "UPDATE run SET started_at = 7",
        "UPDATE verdict SET record = '{}'",
        "UPDATE verdict SET record = 'no json'",
    ],
)
def test_values_that_nobody_could_have_written_are_said(ledger: SqlLedger, edit: str):
    ledger.record_verdict(open_run(ledger), verdict(), evidence="e", candidate_version=None)
    with ledger.engine.begin() as connection:
        connection.execute(sa.text(edit))
    with pytest.raises(TamperFound, match="A row holds a value that Kingmaker never writes"):
        (ledger.run(1), ledger.verdict(1))
