"""What every ledger owes several processes at once, and the process that comes after one that was killed."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kingmaker.adapters.ledgers.holders import this_process_as_holder
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.errors import RunRefused

from .ledger_examples import LedgerContract, request, with_versions

REPOSITORY = Path(__file__).parents[2]


class RacesContract(LedgerContract):
    def test_of_processes_that_ask_for_a_run_at_once_one_gets_it(self, tmp_path: Path):
        answers = race(self.address(tmp_path), "run", ["one", "two", "three"])
        assert sorted(answers) == ["run 1", "run_refused", "run_refused"]

    def test_of_eight_processes_that_crown_at_the_same_turn_one_wins(self, tmp_path: Path):
        versions = [str(number) * 64 for number in range(8)]
        ledger = open_now(self.address(tmp_path))
        with_versions(ledger, *versions)
        answers = race(self.address(tmp_path), "crown", versions)
        assert sorted(answers) == [*["champion_moved"] * 7, "done"]
        [turn] = ledger.history("loans")
        assert turn.version == versions[answers.index("done")]
        assert ledger.verify_audit() == 9
        ledger.close()

    def test_processes_that_open_a_new_ledger_at_once_all_get_it(self, tmp_path: Path):
        assert race(self.address(tmp_path), "open", ["one", "two", "three", "four"]) == ["done"] * 4
        ledger = open_now(self.address(tmp_path))
        assert ledger.verify_audit() == 0
        ledger.close()

    def test_processes_that_write_to_the_audit_log_at_once_keep_one_chain(self, tmp_path: Path):
        assert race(self.address(tmp_path), "note", ["one", "two", "three"]) == ["done"] * 3
        ledger = open_now(self.address(tmp_path))
        assert ledger.verify_audit() == 30
        ledger.close()

    def test_processes_that_open_the_look_of_one_run_at_once_open_one(self, tmp_path: Path):
        ledger = open_now(self.address(tmp_path))
        ledger.open_run(request(), "one")
        assert race(self.address(tmp_path), "look", ["one", "two", "three", "four"]) == ["look 1"] * 4
        assert len(ledger.looks("loans")) == 1
        assert ledger.verify_audit() == 1
        ledger.close()

    def test_processes_that_look_in_turn_number_their_looks_without_gaps(self, tmp_path: Path):
        assert race(self.address(tmp_path), "look in turn", ["one", "two", "three"]) == ["done"] * 3
        ledger = open_now(self.address(tmp_path))
        assert [look.number for look in ledger.looks("loans")] == list(range(1, 16))
        assert ledger.verify_audit() == 30
        ledger.close()

    def test_processes_that_reset_a_budget_at_once_leave_every_reset(self, tmp_path: Path):
        ledger = open_now(self.address(tmp_path))
        ledger.open_run(request(), "one")
        assert race(self.address(tmp_path), "reset", ["one", "two", "three"]) == ["done"] * 3
        assert len(ledger.budget_resets("loans")) == 15
        assert ledger.verify_audit() == 15
        ledger.close()

    def test_after_kill_9_of_its_holder_a_run_is_taken_up_at_once(self, tmp_path: Path):
        ledger = open_now(self.address(tmp_path))
        with holder_of_a_run(self.address(tmp_path)) as holder:
            with pytest.raises(RunRefused):
                ledger.open_run(request(), this_process_as_holder())
            holder.kill()
            os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)
            run, lease = ledger.open_run(request(), this_process_as_holder())
        assert (run.number, lease.token) == (1, 2)
        ledger.close()


def open_now(address: str) -> SqlLedger:
    return SqlLedger.open(address, clock=lambda: datetime.now(UTC))


@contextmanager
def holder_of_a_run(address: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.contracts.ledger_process", "hold", address]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=-1, stdout=-1, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "run 1\n"
        try:
            yield child
        finally:
            child.kill()


def race(address: str, verb: str, names: Sequence[str]) -> list[str]:
    """What came of letting one process a name act at the same instant, in the order of the names."""
    command = [sys.executable, "-m", "tests.contracts.ledger_process", "race", address, verb, *names]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=600)
    answers = json.loads(ended.stdout)
    return [answers[name] for name in names]
