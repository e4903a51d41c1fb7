"""What every ledger owes those who ask for runs, who take them up and who want them to end."""

import json
import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kingmaker.adapters.ledgers.holders import this_process_as_holder
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.errors import Conflict, LeaseLost, NotFound, RunRefused
from kingmaker.domain.queue import Origin, QueuedRequest, QueueState, RunEvent
from kingmaker.domain.run import Lease, Request, RunReason, RunState

from .ledger_examples import NOON, Clock, LedgerContract, request
from .ledger_races_suite import holder_of_a_run, open_now, race


def ask(ledger: SqlLedger, asked: Request | None = None, *, key: str = "k1", priority: int = 0) -> QueuedRequest:
    return ledger.ask(asked or request(), key=key, origin=Origin.PERSON, priority=priority)


def event(text: str, *, kind: str = "said", done: int = 0) -> RunEvent:
    return RunEvent(run=0, number=0, at=NOON, kind=kind, stage="train", text=text, done=done, total=9)


def claimed(ledger: SqlLedger, holder: str = "one") -> Lease:
    found = ledger.claim(holder)
    assert found is not None
    return found[1]


class AskingContract(LedgerContract):
    def test_a_request_waits_as_it_was_asked(self, ledger: SqlLedger):
        asked = ask(ledger, priority=3)
        assert asked == QueuedRequest(
            number=1,
            key="k1",
            request=request(),
            origin=Origin.PERSON,
            priority=3,
            asked_at=NOON,
            state=QueueState.WAITING,
        )
        assert ledger.queued(1) == asked
        assert ledger.queue() == ledger.queue("loans", state=QueueState.WAITING) == [asked]
        assert ledger.queue("cards") == ledger.queue(state=QueueState.STARTED) == []
        [entry] = ledger.audit()
        assert (entry.by, entry.action, entry.subject) == ("ann", "run asked for", "request/1")

    def test_the_same_key_again_is_answered_with_what_it_became(self, ledger: SqlLedger):
        asked = ask(ledger)
        assert ask(ledger) == asked
        lease = claimed(ledger)
        assert ask(ledger) == replace(asked, state=QueueState.STARTED, run=1)
        ledger.finish_run(lease, RunReason.VERDICT_REACHED)
        assert ask(ledger) == replace(asked, state=QueueState.STARTED, run=1)
        assert len(ledger.queue()) == 1

    def test_a_key_stands_for_one_request_of_its_pipeline(self, ledger: SqlLedger):
        ask(ledger)
        with pytest.raises(Conflict, match="k1"):
            ask(ledger, request(key="april"))
        assert ask(ledger, request(pipeline="cards", key="april")).number == 2

    def test_who_asks_for_what_waits_or_runs_already_is_answered_with_that(self, ledger: SqlLedger):
        asked = ask(ledger)
        assert ask(ledger, key="k2") == asked
        lease = claimed(ledger)
        assert ask(ledger, key="k3").run == lease.run
        ledger.finish_run(lease, RunReason.VERDICT_REACHED)
        for key in ("k1", "k2", "k3"):
            assert ask(ledger, key=key).number == asked.number
        assert ask(ledger, key="k4").number == 2

    def test_a_run_that_somebody_started_by_hand_is_what_the_request_became(self, ledger: SqlLedger):
        ledger.open_run(request(), "one")
        assert (ask(ledger).state, ask(ledger).run) == (QueueState.STARTED, 1)
        assert ask(ledger, request(key="april"), key="k2").state is QueueState.WAITING

    def test_another_day_waits_beside_it(self, ledger: SqlLedger):
        ask(ledger)
        asked = ask(ledger, replace(request(key="april"), as_of=date(2026, 4, 1)), key="k2")
        assert [one.number for one in ledger.queue()] == [asked.number, 1]
        assert [one.number for one in ledger.queue(limit=1)] == [asked.number]

    def test_a_withdrawn_request_never_runs(self, ledger: SqlLedger):
        ask(ledger)
        gone = ledger.withdraw(1, by="bob", why="too early")
        assert (gone.state, gone.detail) == (QueueState.CANCELLED, "Withdrawn by bob: too early")
        assert ledger.withdraw(1, by="eve", why="again") == gone
        assert ledger.claim("one") is None
        assert [entry.action for entry in ledger.audit()] == ["request withdrawn", "run asked for"]
        assert ask(ledger, key="k2").number == 2

    def test_what_has_become_a_run_cannot_be_withdrawn(self, ledger: SqlLedger):
        ask(ledger)
        claimed(ledger)
        with pytest.raises(Conflict, match="run 1"):
            ledger.withdraw(1, by="bob", why="too late")
        with pytest.raises(NotFound):
            ledger.withdraw(2, by="bob", why="never asked")
        with pytest.raises(NotFound):
            ledger.queued(2)


class ClaimingContract(LedgerContract):
    def test_without_work_there_is_nothing_to_claim(self, ledger: SqlLedger):
        assert ledger.claim("one") is None

    def test_a_request_becomes_a_run_of_its_claimer(self, ledger: SqlLedger):
        ask(ledger)
        found = ledger.claim("one")
        assert found is not None
        run, lease = found
        assert (run.number, run.request, run.state) == (1, request(), RunState.RUNNING)
        assert (lease.holder, lease.token, lease.expires_at) == ("one", 1, NOON + timedelta(seconds=60))
        assert (ledger.queued(1).state, ledger.queued(1).run) == (QueueState.STARTED, 1)
        assert ledger.claim("two") is None

    def test_a_pipeline_has_one_unfinished_run(self, ledger: SqlLedger):
        ask(ledger)
        ask(ledger, request(key="april"), key="k2")
        lease = claimed(ledger)
        assert ledger.claim("two") is None
        ledger.finish_run(lease, RunReason.STAGE_FAILED)
        assert claimed(ledger, "two").run == 2

    def test_the_higher_priority_goes_first_then_the_older(self, ledger: SqlLedger):
        for name, priority in (("a", 0), ("b", 5), ("c", 5), ("d", -1)):
            ask(ledger, request(pipeline=name), priority=priority)
        order = [ledger.run(claimed(ledger).run).request.pipeline for _ in range(4)]
        assert order == ["b", "c", "a", "d"]

    def test_what_was_given_back_is_taken_up_before_anything_new(self, ledger: SqlLedger):
        ask(ledger)
        ledger.release(claimed(ledger))
        ask(ledger, request(pipeline="cards"), priority=9)
        lease = claimed(ledger, "two")
        assert (lease.run, lease.token) == (1, 2)

    def test_a_lease_that_ran_out_is_taken_over_and_the_former_holder_writes_no_more(
        self, ledger: SqlLedger, clock: Clock
    ):
        ask(ledger)
        frozen = claimed(ledger)
        clock.advance(seconds=59)
        assert ledger.claim("two") is None
        clock.advance(seconds=2)
        lease = claimed(ledger, "two")
        assert (lease.run, lease.token) == (1, 2)
        with pytest.raises(LeaseLost):
            ledger.tell(frozen, [event("still here")])
        with pytest.raises(LeaseLost):
            ledger.renew(frozen)
        ledger.tell(lease, [event("going on")])

    def test_a_run_that_killed_every_holder_is_given_up(self, ledger: SqlLedger):
        ask(ledger)
        for _ in range(3):
            ledger.release(claimed(ledger))
        assert ledger.claim("one", give_up_after=3) is None
        run = ledger.run(1)
        assert (run.reason, run.state) == (RunReason.GIVEN_UP, RunState.FAILED)
        assert "3 times" in run.detail
        assert [one.kind for one in ledger.events(1)] == ["ended"]
        assert ledger.verify_audit() == 2


class CancellingContract(LedgerContract):
    def test_a_run_that_nobody_works_on_ends_at_once(self, ledger: SqlLedger):
        ask(ledger)
        ledger.release(claimed(ledger))
        run = ledger.cancel_run(1, by="bob", why="wrong file")
        assert (run.reason, run.state) == (RunReason.CANCELLED, RunState.ABANDONED)
        assert run.detail == "Cancelled by bob: wrong file"
        assert [(entry.by, entry.action) for entry in ledger.audit()[:2]] == [
            ("bob", "run cancelled"),
            ("bob", "cancel asked for"),
        ]
        assert [one.text for one in ledger.events(1)] == ["cancelled"]

    def test_whoever_works_on_a_run_sees_the_wish_and_ends_it(self, ledger: SqlLedger):
        ask(ledger)
        lease = claimed(ledger)
        assert ledger.cancellation(1) is None
        assert ledger.cancel_run(1, by="bob", why="wrong file").state is RunState.RUNNING
        wish = ledger.cancellation(1)
        assert wish is not None
        assert (wish.run, wish.by, wish.why, wish.at) == (1, "bob", "wrong file", NOON)
        ledger.cancel_run(1, by="eve", why="me too")
        assert ledger.cancellation(1) == wish
        assert ledger.finish_run(lease, RunReason.STAGE_FAILED, detail="stopped").reason is RunReason.CANCELLED

    def test_a_cancelled_run_whose_holder_died_is_not_taken_up_again(self, ledger: SqlLedger, clock: Clock):
        ask(ledger)
        claimed(ledger)
        ledger.cancel_run(1, by="bob", why="wrong file")
        clock.advance(seconds=61)
        assert ledger.claim("two") is None
        assert ledger.run(1).detail == "Cancelled by bob: wrong file"

    def test_a_run_that_was_finished_before_the_wish_was_seen_stays_finished(self, ledger: SqlLedger):
        ask(ledger)
        lease = claimed(ledger)
        ledger.cancel_run(1, by="bob", why="wrong file")
        assert ledger.finish_run(lease, RunReason.VERDICT_REACHED).reason is RunReason.VERDICT_REACHED
        assert ledger.cancellation(1) is not None
        assert ledger.verify_audit() == 3

    def test_what_is_over_cannot_be_cancelled(self, ledger: SqlLedger):
        ask(ledger)
        ledger.finish_run(claimed(ledger), RunReason.VERDICT_REACHED)
        with pytest.raises(RunRefused, match="finished"):
            ledger.cancel_run(1, by="bob", why="too late")
        with pytest.raises(NotFound):
            ledger.cancel_run(2, by="bob", why="what?")

    def test_a_cancelled_run_that_is_asked_for_by_hand_begins_anew(self, ledger: SqlLedger, clock: Clock):
        ledger.open_run(request(), "one")
        ledger.cancel_run(1, by="bob", why="wrong file")
        clock.advance(seconds=61)
        run, _ = ledger.open_run(request(), "two")
        assert (run.number, ledger.run(1).reason) == (2, RunReason.CANCELLED)


class QueueRacesContract(LedgerContract):
    def test_of_processes_that_claim_at_once_no_two_get_one_run(self, tmp_path: Path):
        ledger = open_now(self.address(tmp_path))
        for pipeline in ("a", "a", "b", "c"):
            asked = replace(request(pipeline=pipeline, key=f"key {len(ledger.queue())}"))
            ask(ledger, asked, key=asked.key)
        answers = race(self.address(tmp_path), "claim", ["one", "two", "three", "four", "five"])
        assert sorted(answers) == ["nothing", "nothing", "run a", "run b", "run c"]
        assert sorted(one.request.pipeline for one in ledger.runs()) == ["a", "b", "c"]
        ledger.close()

    def test_processes_that_claim_and_finish_in_turn_start_every_request_once(self, tmp_path: Path):
        ledger = open_now(self.address(tmp_path))
        for number in range(30):
            ask(ledger, request(pipeline=f"p{number % 3}", key=f"key {number}"), key=f"key {number}")
        answers = race(self.address(tmp_path), "claim in turn", ["one", "two", "three", "four"])
        done = [run for answer in answers for run in json.loads(answer)]
        runs = ledger.runs(limit=100)
        assert len(runs) == 30
        assert {run.reason for run in runs} == {RunReason.STUDIED}
        assert sorted(done) == sorted(one.run or 0 for one in ledger.queue(limit=100)) == [r.number for r in runs[::-1]]
        assert ledger.verify_audit() == 60
        ledger.close()

    def test_processes_that_ask_for_the_same_at_once_get_one_request(self, tmp_path: Path):
        assert race(self.address(tmp_path), "ask", ["one", "two", "three", "four"]) == ["request 1"] * 4
        ledger = open_now(self.address(tmp_path))
        assert len(ledger.queue()) == 1
        ledger.close()

    def test_asking_withdrawing_cancelling_and_finishing_at_once_never_block_one_another(self, tmp_path: Path):
        answers = race(self.address(tmp_path), "meddle", ["one", "two", "three", "four"])
        assert answers == ["done"] * 4
        ledger = open_now(self.address(tmp_path))
        assert ledger.verify_audit() > 0
        ledger.close()

    def test_after_kill_9_of_its_holder_a_run_is_claimed_at_once(self, tmp_path: Path):
        ledger = open_now(self.address(tmp_path))
        with holder_of_a_run(self.address(tmp_path)) as holder:
            assert ledger.claim(this_process_as_holder()) is None
            holder.kill()
            os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)
            assert claimed(ledger, this_process_as_holder()).token == 2
        ledger.close()
