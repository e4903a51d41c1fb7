"""A lease is kept alive while a stage computes, and a stage that computes for nothing is stopped."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from tests.contracts.ledger_process import REQUEST

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.run import Lease, RunReason
from kingmaker.loop.heartbeat import STUCK, Heartbeat
from kingmaker.loop.interrupts import hearing_interrupts

DEAF = """
import hashlib, sys
from tests.loop.test_heartbeat import opened
from tests.contracts.ledger_process import REQUEST
from kingmaker.loop.heartbeat import Heartbeat
ledger = opened(sys.argv[1])
_, lease = ledger.open_run(REQUEST, "deaf")
with Heartbeat(ledger, lease, patience=0.3):
    print("computing", flush=True)
    hashlib.pbkdf2_hmac("sha256", b"no", b"signal", 2**31 - 1)
"""
"""Native code that hears no signal for an hour."""


def opened(place: str | Path) -> SqlLedger:
    return SqlLedger.open(place, clock=lambda: datetime.now(UTC), lease_time=timedelta(seconds=1))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    ledger = opened(tmp_path / "ledger.db")
    yield ledger
    ledger.close()


@pytest.fixture
def lease(ledger: SqlLedger) -> Lease:
    return ledger.open_run(REQUEST, "one")[1]


@pytest.fixture(autouse=True)
def interrupts_are_heard() -> Iterator[None]:
    """Whoever started the tests in the background of a shell had it ignore SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def compute(seconds: float = 20.0) -> None:
    threading.Event().wait(seconds)


def test_a_lease_outlives_its_time_while_the_heart_beats(ledger: SqlLedger, lease: Lease) -> None:
    with Heartbeat(ledger, lease, every_seconds=0.2):
        compute(1.5)
        assert ledger.claim("two") is None
    ledger.finish_run(lease, RunReason.STUDIED)


def test_a_wish_that_the_run_end_interrupts_it(ledger: SqlLedger, lease: Lease) -> None:
    ledger.cancel_run(lease.run, by="ann", why="wrong file")
    with pytest.raises(KeyboardInterrupt), Heartbeat(ledger, lease):
        compute()


def test_who_lost_the_run_while_asleep_is_interrupted(ledger: SqlLedger, lease: Lease) -> None:
    ledger.release(lease)
    assert ledger.claim("two") is not None
    with pytest.raises(KeyboardInterrupt), Heartbeat(ledger, lease, every_seconds=0.1):
        compute()


def test_outside_of_the_main_thread_nothing_is_interrupted(ledger: SqlLedger, lease: Lease) -> None:
    ledger.cancel_run(lease.run, by="ann", why="wrong file")
    ended = threading.Event()

    def conduct() -> None:
        with Heartbeat(ledger, lease):
            compute(1.0)
        ended.set()

    thread = threading.Thread(target=conduct)
    thread.start()
    thread.join()
    assert ended.is_set()


def test_a_main_thread_that_hears_nothing_is_ended_with_its_process(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "ledger.db")
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", DEAF, str(tmp_path / "ledger.db")], cwd=root, stdout=-1, stderr=-1, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "computing\n"
        ledger.cancel_run(1, by="ann", why="wrong file")
        _, err = process.communicate(timeout=20)
    assert process.returncode == STUCK
    assert err == "Run 1 was cancelled.\n"
    run = ledger.run(1)
    assert (run.reason, run.detail) == (RunReason.CANCELLED, "Cancelled by ann: wrong file")
    ledger.close()


def test_an_interrupt_that_a_library_makes_an_error_of_its_own_is_known_for_one(
    ledger: SqlLedger, lease: Lease
) -> None:
    ledger.cancel_run(lease.run, by="ann", why="wrong file")
    one_thread = duckdb.connect(
        config={"threads": 1}
    )  # as the loop has it: with more, another may work while this one sleeps
    with hearing_interrupts() as interrupted:
        assert not interrupted()
        with pytest.raises(RuntimeError), Heartbeat(ledger, lease, patience=60.0):
            one_thread.execute("SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b").fetchall()
        assert interrupted()
