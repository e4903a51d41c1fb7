"""Progress as events: stages and sentences all of them and at once, advances now and then."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.contracts.ledger_process import REQUEST

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.control.running.telling import LedgerProgress
from kingmaker.domain.run import Lease, RunReason


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    ledger = SqlLedger.open(tmp_path / "ledger.db", clock=now, busy_seconds=0.1)
    yield ledger
    ledger.close()


@pytest.fixture
def lease(ledger: SqlLedger) -> Lease:
    return ledger.open_run(REQUEST, "one")[1]


def told(ledger: SqlLedger) -> list[tuple[str, str, str, int]]:
    return [(event.kind, event.stage, event.text, event.done) for event in ledger.events(1)]


def test_stages_and_sentences_are_told_at_once(ledger: SqlLedger, lease: Lease) -> None:
    progress = LedgerProgress(ledger, lease, clock=now)
    progress.stage("extract", "reading")
    progress.say("12 rows read")
    assert told(ledger) == [("stage", "extract", "reading", 0), ("said", "extract", "12 rows read", 0)]


def test_of_many_advances_the_newest_is_told(ledger: SqlLedger, lease: Lease) -> None:
    progress = LedgerProgress(ledger, lease, clock=now)
    progress.stage("train", "fitting")
    for done in range(1, 501):
        progress.advance(done, 500, f"best so far: {done}")
    progress.stage("select", "judging")
    found = told(ledger)
    advances = [event for event in found if event[0] == "advance"]
    assert 1 <= len(advances) < 20
    assert advances[-1] == ("advance", "train", "best so far: 500", 500)
    assert found[-1] == ("stage", "select", "judging", 0)


def test_an_advance_that_nothing_follows_is_told_all_the_same(ledger: SqlLedger, lease: Lease) -> None:
    progress = LedgerProgress(ledger, lease, clock=now)
    progress.stage("train", "fitting")
    progress.advance(1, 9)
    for _ in range(100):
        if len(told(ledger)) == 2:
            break
        threading.Event().wait(0.05)
    assert told(ledger)[1] == ("advance", "train", "", 1)


def test_what_a_locked_database_refused_is_told_with_what_comes_next(ledger: SqlLedger, lease: Lease) -> None:
    progress = LedgerProgress(ledger, lease, clock=now)
    with ledger.engine.execution_options(kingmaker_writing=True).begin():
        progress.stage("extract", "reading")
        progress.say("12 rows read")
    assert told(ledger) == []
    progress.say("all is well")
    assert [text for _, _, text, _ in told(ledger)] == ["reading", "12 rows read", "all is well"]


def test_who_has_lost_the_run_tells_nothing_and_hears_nothing_of_it(ledger: SqlLedger, lease: Lease) -> None:
    progress = LedgerProgress(ledger, lease, clock=now)
    ledger.finish_run(lease, RunReason.STUDIED)
    progress.stage("train", "fitting")
    progress.advance(1, 2)
    assert told(ledger) == [("ended", "", "studied", 0)]
