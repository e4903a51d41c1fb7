"""What every ledger owes declarations, schedules and the list of pipelines."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.champion import TurnReason
from kingmaker.domain.errors import Conflict, NotFound, TamperFound
from kingmaker.domain.queue import Origin, QueueState
from kingmaker.domain.run import Request, RunReason
from kingmaker.domain.schedule import Declared, Schedule
from kingmaker.domain.verdict import VerdictReason

from .ledger_audit_suite import edit
from .ledger_examples import NOON, Clock, LedgerContract, open_run, request, verdict, version
from .ledger_races_suite import open_now, race

TONIGHT = NOON + timedelta(hours=10)
TOMORROW = TONIGHT + timedelta(days=1)


def declare(ledger: SqlLedger, text: str = "one", *, pipeline: str = "loans", expected: int | None = None) -> Declared:
    return ledger.declare(
        pipeline, text, digest=f"digest of {text}", declared_in="/data/loans.yaml", by="ann", expected=expected
    )


def nightly(pipeline: str = "loans", *, next_at: datetime | None = TONIGHT) -> Schedule:
    return Schedule(
        pipeline=pipeline,
        cron="0 22 * * *",
        zone="Europe/Berlin",
        grace=timedelta(hours=6),
        priority=2,
        set_by="ann",
        set_at=NOON,
        next_at=next_at,
    )


def scheduled_request(day: int = 1) -> Request:
    return replace(request(key=f"content of {day}"), as_of=date(2026, 3, day), requested_by="schedule")


class DeclarationsContract(LedgerContract):
    def test_at_first_nothing_is_declared(self, ledger: SqlLedger):
        assert ledger.declared("loans") is None
        assert ledger.declarations("loans") == ledger.declared_pipelines() == []

    def test_every_text_is_kept_under_a_number_with_its_audit_entry(self, ledger: SqlLedger, clock: Clock):
        first = declare(ledger)
        later = clock.advance(hours=1)
        second = declare(ledger, "two: 误杀率")
        assert (first.number, first.text, first.by, first.at) == (1, "one", "ann", NOON)
        assert (second.number, second.text, second.at) == (2, "two: 误杀率", later)
        assert ledger.declared("loans") == second
        assert ledger.declared("loans", number=1) == first
        assert ledger.declared("loans", number=3) is None
        assert ledger.declarations("loans") == [first, second]
        entry = ledger.audit(limit=1)[0]
        assert (entry.action, entry.subject, entry.by) == ("pipeline declared", "declared/loans/2", "ann")
        assert entry.before == "digest of one"
        assert entry.after.startswith("digest of two")
        assert ledger.verify_audit() == 2

    def test_the_text_that_is_the_newest_already_is_no_new_one(self, ledger: SqlLedger, clock: Clock):
        first = declare(ledger)
        clock.advance(hours=1)
        assert declare(ledger) == declare(ledger, expected=0) == first
        assert declare(ledger, "two").number == 2
        assert declare(ledger).number == 3
        assert ledger.verify_audit() == 3

    def test_whoever_read_another_text_changes_nothing(self, ledger: SqlLedger):
        with pytest.raises(Conflict, match="is none yet, not number 1"):
            declare(ledger, expected=1)
        declare(ledger, expected=0)
        for stale in (0, 2):
            with pytest.raises(Conflict, match="is number 1, by ann, not number"):
                declare(ledger, "two", expected=stale)
        assert declare(ledger, "two", expected=1).number == 2

    def test_each_pipeline_has_texts_of_its_own(self, ledger: SqlLedger):
        declare(ledger)
        assert declare(ledger, pipeline="cards").number == 1
        assert ledger.declared_pipelines() == ["cards", "loans"]

    def test_an_edited_text_is_found(self, ledger: SqlLedger):
        declare(ledger)
        edit(ledger, "UPDATE declared SET text = 'other'")
        with pytest.raises(TamperFound) as found:
            ledger.verify_audit()
        assert found.value.where == "declared/loans/1"

    def test_of_processes_that_declare_at_once_one_is_first_and_the_others_are_told_so(self, tmp_path: Path):
        answers = race(self.address(tmp_path), "declare", ["one", "two", "three", "four"])
        assert sorted(answers) == [*["conflict"] * 3, "declaration 1"]


class SchedulesContract(LedgerContract):
    def test_at_first_nothing_is_scheduled(self, ledger: SqlLedger):
        assert ledger.schedule("loans") is None
        assert ledger.schedules() == []

    def test_a_schedule_is_kept_as_it_was_set_with_its_audit_entry(self, ledger: SqlLedger):
        put = ledger.put_schedule(nightly())
        assert put == nightly()
        ledger.put_schedule(nightly("cards"))
        assert ledger.schedule("loans") == put
        assert ledger.schedules() == [nightly("cards"), put]
        entry = ledger.audit()[1]
        assert (entry.by, entry.action, entry.subject, entry.before) == ("ann", "schedule set", "schedule/loans", "")
        assert entry.after == "0 22 * * * in Europe/Berlin, grace 6:00:00, priority 2"

    def test_another_schedule_takes_its_place_and_what_it_fired_for_stays_known(self, ledger: SqlLedger):
        ledger.put_schedule(nightly())
        ledger.fire(nightly(), next_at=TOMORROW, request=scheduled_request())
        weekly = replace(nightly(), cron="0 22 * * 1", set_at=NOON + timedelta(hours=1), next_at=TOMORROW)
        assert ledger.put_schedule(weekly).last_at == TONIGHT
        assert ledger.schedules() == [replace(weekly, last_at=TONIGHT)]
        assert ledger.audit(limit=1)[0].before.startswith("0 22 * * * in")

    def test_while_it_is_paused_it_is_never_due(self, ledger: SqlLedger):
        ledger.put_schedule(nightly())
        paused = ledger.pause_schedule("loans", by="bob")
        assert paused == replace(nightly(), paused_by="bob", next_at=None)
        assert ledger.pause_schedule("loans", by="eve") == paused
        assert ledger.fire(nightly(), next_at=TOMORROW, request=scheduled_request()) is None
        assert ledger.schedule("loans") == paused
        assert [entry.action for entry in ledger.audit()] == ["schedule paused", "schedule set"]

    def test_it_is_resumed_from_the_time_that_is_named(self, ledger: SqlLedger):
        ledger.put_schedule(nightly())
        ledger.pause_schedule("loans", by="bob")
        assert ledger.resume_schedule("loans", next_at=TOMORROW, by="eve") == nightly(next_at=TOMORROW)
        assert ledger.resume_schedule("loans", next_at=NOON, by="eve") == nightly(next_at=TOMORROW)
        entry = ledger.audit(limit=1)[0]
        assert (entry.action, entry.by) == ("schedule resumed", "eve")
        assert entry.before.endswith("(paused)")

    def test_a_dropped_schedule_is_gone(self, ledger: SqlLedger):
        ledger.put_schedule(nightly())
        ledger.drop_schedule("loans", by="bob")
        assert ledger.schedule("loans") is None
        assert ledger.fire(nightly(), next_at=TOMORROW, request=scheduled_request()) is None
        entry = ledger.audit(limit=1)[0]
        assert (entry.action, entry.by, entry.after) == ("schedule dropped", "bob", "")

    def test_what_has_no_schedule_cannot_be_paused_resumed_or_dropped(self, ledger: SqlLedger):
        for act in (
            lambda: ledger.pause_schedule("loans", by="bob"),
            lambda: ledger.resume_schedule("loans", next_at=NOON, by="bob"),
            lambda: ledger.drop_schedule("loans", by="bob"),
        ):
            with pytest.raises(NotFound, match="loans has no schedule"):
                act()

    def test_firing_moves_it_on_and_asks_for_a_run_at_once(self, ledger: SqlLedger):
        ledger.put_schedule(nightly())
        queued = ledger.fire(nightly(), next_at=TOMORROW, request=scheduled_request())
        assert queued is not None
        assert (queued.key, queued.origin, queued.priority) == (
            "schedule/loans/2026-03-01T22:00:00Z",
            Origin.SCHEDULE,
            2,
        )
        assert (queued.state, queued.request) == (QueueState.WAITING, scheduled_request())
        assert ledger.queue() == [queued]
        assert ledger.schedule("loans") == replace(nightly(), next_at=TOMORROW, last_at=TONIGHT)

    def test_one_time_fires_once(self, ledger: SqlLedger):
        ledger.put_schedule(nightly())
        assert ledger.fire(nightly(), next_at=TOMORROW, request=scheduled_request()) is not None
        assert ledger.fire(nightly(), next_at=TOMORROW, request=scheduled_request()) is None
        assert len(ledger.queue()) == 1

    def test_a_schedule_that_was_set_anew_does_not_fire_as_the_old_one(self, ledger: SqlLedger):
        ledger.put_schedule(nightly())
        ledger.put_schedule(replace(nightly(), cron="0 22 * * 1", set_at=NOON + timedelta(seconds=1)))
        assert ledger.fire(nightly(), next_at=TOMORROW, request=scheduled_request()) is None
        assert ledger.queue() == []

    def test_a_late_run_goes_under_the_time_that_it_is_for(self, ledger: SqlLedger):
        ledger.put_schedule(nightly())
        late = TONIGHT + timedelta(days=3)
        queued = ledger.fire(nightly(), next_at=late + timedelta(days=1), request=scheduled_request(4), time=late)
        assert queued is not None
        assert queued.key == "schedule/loans/2026-03-04T22:00:00Z"
        standing = ledger.schedule("loans")
        assert standing is not None
        assert standing.last_at == late

    def test_a_time_that_is_passed_over_asks_for_nothing(self, ledger: SqlLedger):
        ledger.put_schedule(nightly())
        assert ledger.fire(nightly(), next_at=TOMORROW, request=None) is None
        assert ledger.queue() == []
        assert ledger.schedule("loans") == nightly(next_at=TOMORROW)

    def test_a_time_for_a_run_that_waits_already_is_that_run(self, ledger: SqlLedger):
        asked = ledger.ask(scheduled_request(), key="by hand", origin=Origin.PERSON)
        ledger.put_schedule(nightly())
        assert ledger.fire(nightly(), next_at=TOMORROW, request=scheduled_request()) == asked
        assert ledger.queue() == [asked]

    def test_a_clock_that_was_set_back_fires_nothing_twice(self, ledger: SqlLedger):
        ledger.put_schedule(nightly())
        ledger.fire(nightly(), next_at=TOMORROW, request=scheduled_request())
        ledger.put_schedule(nightly())
        standing = ledger.schedule("loans")
        assert standing is not None
        assert ledger.fire(standing, next_at=TOMORROW, request=scheduled_request(2)) is None
        assert len(ledger.queue()) == 1
        assert ledger.schedule("loans") == replace(standing, next_at=TOMORROW)

    def test_of_processes_that_see_one_time_come_one_fires_it(self, tmp_path: Path):
        ledger = open_now(self.address(tmp_path))
        ledger.put_schedule(nightly())
        answers = race(self.address(tmp_path), "fire", ["one", "two", "three", "four", "five"])
        assert sorted(answers) == [*["nothing"] * 4, "request 1"]
        assert len(ledger.queue()) == 1
        ledger.verify_audit()
        ledger.close()


class PipelinesContract(LedgerContract):
    def test_at_first_there_is_none(self, ledger: SqlLedger):
        assert ledger.pipeline_standings() == []

    def test_a_pipeline_that_was_only_declared_stands_in_the_list(self, ledger: SqlLedger):
        declare(ledger)
        declare(ledger, "two")
        ledger.put_schedule(nightly())
        ledger.ask(request(), key="k", origin=Origin.PERSON)
        [loans] = ledger.pipeline_standings()
        assert (loans.pipeline, loans.declaration, loans.schedule) == ("loans", 2, nightly())
        assert (loans.champion, loans.frozen, loans.newest_run) == (None, None, None)
        assert (loans.waiting, loans.awaiting_decision) == (1, 0)

    def test_a_pipeline_that_only_ran_from_a_file_does_too(self, ledger: SqlLedger):
        lease = open_run(ledger)
        ledger.add_version(lease, version(lease.run))
        turn = ledger.crown("loans", "a" * 64, expected_turn=0, reason=TurnReason.PROMOTED, by="ann", why="first")
        frozen = ledger.freeze("loans", by="bob", why="audit")
        declare(ledger, pipeline="cards")
        [cards, loans] = ledger.pipeline_standings()
        assert (cards.pipeline, cards.newest_run, cards.champion) == ("cards", None, None)
        assert (loans.declaration, loans.champion, loans.frozen) == (None, turn, frozen)
        assert loans.newest_run == ledger.standing(lease.run)
        assert ledger.pipeline_standings(["loans", "others"]) == [loans]
        ledger.lift_freeze("loans", by="bob", why="over")
        assert ledger.pipeline_standings(["loans"])[0].frozen is None

    def test_it_counts_the_runs_that_wait_for_a_person(self, ledger: SqlLedger):
        decide(ledger, "one", VerdictReason.AWAITING_APPROVAL, "a" * 64)
        decide(ledger, "two", VerdictReason.GATE_HELD, "b" * 64)
        decide(ledger, "three", VerdictReason.NOT_PROVEN_BETTER, "c" * 64)
        newest = decide(ledger, "four", VerdictReason.AWAITING_APPROVAL, None)
        [loans] = ledger.pipeline_standings()
        assert loans.awaiting_decision == 2
        assert loans.newest_run is not None
        assert loans.newest_run.run.number == newest
        ledger.settle(1, approved=False, by="bob", why="no")
        assert ledger.pipeline_standings()[0].awaiting_decision == 1

    def test_a_held_challenger_that_met_an_earlier_champion_waits_for_nobody(self, ledger: SqlLedger):
        held = decide(ledger, "one", VerdictReason.AWAITING_SECOND_LOOK, "a" * 64)
        assert ledger.standing(held).awaits_decision
        ledger.crown("loans", "a" * 64, expected_turn=0, reason=TurnReason.PROMOTED, by="run 2", why="its second look")
        assert ledger.pipeline_standings()[0].held == ()
        assert not ledger.standing(held).awaits_decision


def decide(ledger: SqlLedger, key: str, reason: VerdictReason, candidate: str | None) -> int:
    """A run that ended with this verdict."""
    run, lease = ledger.open_run(request(key=key), "one")
    if candidate is not None:
        ledger.add_version(lease, version(run.number, candidate))
    ledger.record_verdict(lease, verdict(reason), evidence="e" * 64, candidate_version=candidate)
    ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    return run.number
