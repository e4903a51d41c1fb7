"""What every ledger owes those who follow runs: what they told, and how they stand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.errors import LeaseLost, NotFound
from kingmaker.domain.run import RunReason, Stage
from kingmaker.domain.verdict import Decision

from .ledger_examples import NOON, Clock, LedgerContract, fault, request, stage, verdict
from .ledger_queue_suite import ask, claimed, event


class TellingContract(LedgerContract):
    def test_events_are_numbered_in_the_order_in_which_they_were_told(self, ledger: SqlLedger):
        ask(ledger)
        lease = claimed(ledger)
        ledger.tell(lease, [event("a", kind="stage"), event("b", kind="advance", done=4)])
        ledger.tell(lease, [])
        ledger.tell(lease, [event("c \0 \udcff")])
        found = ledger.events(1)
        assert [(one.run, one.number, one.text, one.done, one.total) for one in found] == [
            (1, 1, "a", 0, 9),
            (1, 2, "b", 4, 9),
            (1, 3, "c  ?", 0, 9),
        ]
        assert ledger.events(1, after=1) == found[1:]
        assert ledger.events(1, limit=2) == found[:2]

    def test_the_last_event_of_a_run_is_its_end(self, ledger: SqlLedger):
        ask(ledger)
        lease = claimed(ledger)
        ledger.tell(lease, [event("a")])
        ledger.finish_run(lease, RunReason.DATA_REFUSED, detail="leak")
        assert [(one.number, one.kind, one.text) for one in ledger.events(1)] == [
            (1, "said", "a"),
            (2, "ended", "data_refused"),
        ]
        with pytest.raises(LeaseLost):
            ledger.tell(lease, [event("too late")])

    def test_whoever_goes_on_with_a_run_goes_on_counting(self, ledger: SqlLedger):
        ask(ledger)
        lease = claimed(ledger)
        ledger.tell(lease, [event("a")])
        ledger.release(lease)
        ledger.tell(claimed(ledger, "two"), [event("b")])
        assert [one.number for one in ledger.events(1)] == [1, 2]

    def test_nothing_is_told_of_a_run_that_does_not_exist(self, ledger: SqlLedger):
        assert ledger.events(1) == []

    def test_faults_of_all_runs_are_found_by_what_they_are(self, ledger: SqlLedger):
        for pipeline in ("loans", "cards"):
            _, lease = ledger.open_run(request(pipeline=pipeline), "one")
            ledger.record_fault(lease, fault(lease.run))
            ledger.record_fault(lease, replace(fault(lease.run), kind="lost", happened_at=NOON + timedelta(hours=1)))
        assert [(one.run, one.kind) for one in ledger.all_faults()] == [
            (2, "lost"),
            (2, "raised"),
            (1, "lost"),
            (1, "raised"),
        ]
        assert [one.run for one in ledger.all_faults(pipeline="loans")] == [1, 1]
        assert [one.kind for one in ledger.all_faults(kind="raised")] == ["raised", "raised"]
        assert [one.kind for one in ledger.all_faults(since=NOON + timedelta(minutes=1), limit=1)] == ["lost"]


class StandingsContract(LedgerContract):
    def test_a_standing_says_how_far_a_run_is(self, ledger: SqlLedger, clock: Clock):
        ask(ledger)
        lease = claimed(ledger)
        [new] = ledger.standings()
        assert (new.run, new.is_held, new.finished_stage, new.decision, new.cancellation) == (
            ledger.run(1),
            True,
            None,
            None,
            None,
        )
        for one in (Stage.EXTRACT, Stage.PREPARE, Stage.EXTRACT):
            ledger.record_stage(lease, stage(1, one))
        ledger.record_verdict(lease, verdict(), evidence="e" * 64, candidate_version="a" * 64)
        ledger.cancel_run(1, by="bob", why="wrong file")
        clock.advance(seconds=61)
        found = ledger.standing(1)
        assert (found.is_held, found.finished_stage, found.decision, found.awaits_decision) == (
            False,
            Stage.EXTRACT,
            Decision.HOLD,
            True,
        )
        assert found.cancellation == ledger.cancellation(1)
        with pytest.raises(NotFound):
            ledger.standing(2)

    def test_a_settled_verdict_and_one_without_a_candidate_wait_for_nobody(self, ledger: SqlLedger):
        for pipeline, candidate in (("loans", "a" * 64), ("cards", None)):
            _, lease = ledger.open_run(request(pipeline=pipeline), "one")
            ledger.record_verdict(lease, verdict(), evidence="e" * 64, candidate_version=candidate)
        ledger.settle(1, approved=False, by="bob", why="no")
        assert [one.awaits_decision for one in ledger.standings()] == [False, False]

    def test_standings_are_listed_newest_first_and_in_pages(self, ledger: SqlLedger):
        for pipeline in ("loans", "cards", "autos", "boats"):
            ledger.open_run(request(pipeline=pipeline), "one")
        assert [one.run.number for one in ledger.standings()] == [4, 3, 2, 1]
        assert [one.run.number for one in ledger.standings(limit=2, before=4)] == [3, 2]
        assert [one.run.number for one in ledger.standings(["loans", "boats"])] == [4, 1]
        assert ledger.standings([]) == []
