"""What every ledger owes housekeeping: it names what is needed, and forgets what is not."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.access import Role
from kingmaker.domain.notice import NoticeKind, Occurrence
from kingmaker.domain.queue import RunEvent
from kingmaker.domain.run import Lease, RunReason, Stage
from kingmaker.domain.trial import Trial
from kingmaker.domain.verdict import VerdictReason

from .ledger_examples import NOON, Clock, LedgerContract, request, stage, trial, verdict, version

KEPT_FOR = timedelta(days=90)
NOTHING = {"events": 0, "trials": 0, "notices": 0, "sessions": 0}


class RetentionContract(LedgerContract):
    def test_an_empty_ledger_needs_nothing_and_forgets_nothing(self, ledger: SqlLedger):
        needed = ledger.digests_in_use(runs_since=NOON)
        assert needed.documents == needed.files == frozenset()
        assert ledger.forget(before=NOON) == NOTHING

    def test_an_unfinished_run_needs_all_it_has_made_however_old(self, ledger: SqlLedger, clock: Clock):
        lease = begun(ledger, "one")
        clock.advance(days=400)
        needed = ledger.digests_in_use(runs_since=since(clock))
        assert needed.documents == {"one extract", "one prepare", "one select"}
        assert needed.files == {"one model 1", "one model 2"}
        assert ledger.forget(before=since(clock)) == NOTHING
        assert len(ledger.trials(lease.run)) == 2

    def test_a_rejected_run_needs_its_files_for_a_time_and_then_no_more(self, ledger: SqlLedger, clock: Clock):
        rejected(ledger, "one")
        rejected(ledger, "two")
        clock.advance(days=80)
        assert "one select" in ledger.digests_in_use(runs_since=since(clock)).documents
        clock.advance(days=20)
        needed = ledger.digests_in_use(runs_since=since(clock))
        assert needed.documents == {"two extract", "two prepare", "two select", "two evidence"}
        assert needed.files == {"two model 1", "two model 2"}

    def test_the_newest_run_of_each_pipeline_is_needed_by_the_next(self, ledger: SqlLedger, clock: Clock):
        for pipeline in ("loans", "cards"):
            rejected(ledger, f"{pipeline} old", pipeline=pipeline)
            rejected(ledger, f"{pipeline} new", pipeline=pipeline)
            ledger.finish_run(begun(ledger, f"{pipeline} failed", pipeline=pipeline), RunReason.STAGE_FAILED)
        clock.advance(days=100)
        needed = ledger.digests_in_use(runs_since=since(clock)).documents
        assert {"loans new extract", "cards new extract"} <= needed
        assert not any("old" in name or "failed" in name for name in needed)

    @pytest.mark.parametrize("reason", [VerdictReason.AWAITING_APPROVAL, VerdictReason.PROVEN_BETTER])
    def test_a_published_version_keeps_what_it_takes_to_put_it_in_force(
        self, ledger: SqlLedger, clock: Clock, reason: VerdictReason
    ):
        published(ledger, "one", reason)
        rejected(ledger, "two")
        clock.advance(days=1000)
        needed = ledger.digests_in_use(runs_since=since(clock))
        assert {"one extract", "one select", "one evidence"} <= needed.documents
        assert "one prepare" not in needed.documents
        assert {"one archive", "one model 2"} <= needed.files
        assert "one model 1" not in needed.files

    def test_outcomes_that_were_handed_in_stay(self, ledger: SqlLedger, clock: Clock):
        rejected(ledger, "one")
        ledger.add_outcomes("loans", file="outcomes", form="csv", rows=3, by="ann")
        clock.advance(days=1000)
        assert "outcomes" in ledger.digests_in_use(runs_since=since(clock)).files

    def test_trials_go_with_the_last_run_that_used_them(self, ledger: SqlLedger, clock: Clock):
        first = rejected(ledger, "one")
        clock.advance(days=50)
        second = begun(ledger, "two")
        ledger.use_trial(second, "one trial 1")
        ledger.finish_run(second, RunReason.VERDICT_REACHED)
        clock.advance(days=50)
        assert ledger.forget(before=since(clock), dry=True)["trials"] == 1
        assert ledger.forget(before=since(clock))["trials"] == 1
        assert ledger.forget(before=since(clock))["trials"] == 0
        assert ledger.trial("one trial 2") is None
        assert ledger.trial("one trial 1") is not None
        assert ledger.trials(first) == []
        assert len(ledger.trials(second.run)) == 3

    def test_trials_of_a_published_version_stay(self, ledger: SqlLedger, clock: Clock):
        run = published(ledger, "one", VerdictReason.PROVEN_BETTER)
        rejected(ledger, "two")
        clock.advance(days=1000)
        assert ledger.forget(before=since(clock))["trials"] == 0
        assert len(ledger.trials(run)) == 2

    def test_events_go_and_the_end_is_still_told(self, ledger: SqlLedger, clock: Clock):
        lease = begun(ledger, "one")
        told = RunEvent(run=0, number=0, at=NOON, kind="said", stage="train", text="so far so good")
        ledger.tell(lease, [told, told])
        ledger.finish_run(lease, RunReason.VERDICT_REACHED)
        before = len(ledger.events(lease.run))
        clock.advance(days=100)
        assert ledger.forget(before=since(clock), dry=True)["events"] >= 2
        assert ledger.forget(before=since(clock))["events"] >= 2
        assert before >= 3
        assert [event.kind for event in ledger.events(lease.run)] == ["ended"]

    def test_notices_go_once_nobody_waits_for_them(self, ledger: SqlLedger, clock: Clock):
        for cause in ("told", "waiting"):
            occurrence = Occurrence(cause=cause, kind=NoticeKind.ALARM, pipeline="", run=None, title=cause, text="")
            ledger.raise_notice(occurrence, quiet=timedelta(hours=1))
        ledger.notice_told(1)
        clock.advance(days=100)
        assert ledger.forget(before=since(clock), dry=True)["notices"] == 1
        assert ledger.forget(before=since(clock))["notices"] == 1
        assert [notice.cause for notice in ledger.notices()] == ["waiting"]

    def test_sessions_go_that_expired_long_ago(self, ledger: SqlLedger, clock: Clock):
        ledger.put_person("bob", roles=[Role.VIEWER], pipelines=None, password_hash="hash", by="ann")
        ledger.begin_session("bob", digest="old", expires_at=clock() + timedelta(hours=1))
        clock.advance(days=100)
        assert ledger.forget(before=since(clock))["sessions"] == 1
        assert ledger.forget(before=since(clock)) == NOTHING

    def test_what_is_forgotten_is_forgotten_in_portions(self, ledger: SqlLedger, clock: Clock):
        for name in ("one", "two", "three"):
            rejected(ledger, name)
        clock.advance(days=100)
        portions = [ledger.forget(before=since(clock), limit=3)["trials"] for _ in range(3)]
        assert portions == [3, 1, 0]

    def test_decisions_and_the_audit_log_outlive_everything(self, ledger: SqlLedger, clock: Clock):
        held, refused = published(ledger, "one", VerdictReason.AWAITING_APPROVAL), rejected(ledger, "two")
        rejected(ledger, "three")
        entries = ledger.verify_audit()
        clock.advance(days=1000)
        ledger.forget(before=since(clock))
        assert ledger.verify_audit() == entries
        assert ledger.verdict(held) is not None
        assert ledger.verdict(refused) is not None
        assert [record.stage for record in ledger.stages(refused)] == [Stage.EXTRACT, Stage.PREPARE, Stage.SELECT]
        assert len(ledger.versions("loans")) == 1


def since(clock: Clock) -> datetime:
    return clock() - KEPT_FOR


def begun(ledger: SqlLedger, name: str, *, pipeline: str = "loans") -> Lease:
    """A run with three stages and two trials of its own, whose files bear its name."""
    _, lease = ledger.open_run(request(pipeline=pipeline, key=name), "one")
    for done in (Stage.EXTRACT, Stage.PREPARE, Stage.SELECT):
        ledger.record_stage(lease, stage(lease.run, done, key=name, output=f"{name} {done.value}"))
    for number in (1, 2):
        ledger.record_trial(lease, fitted(f"{name} trial {number}", number, f"{name} model {number}"))
    return lease


def fitted(key: str, number: int, model: str) -> Trial:
    return replace(trial(key, number), model=model)


def rejected(ledger: SqlLedger, name: str, *, pipeline: str = "loans") -> int:
    lease = begun(ledger, name, pipeline=pipeline)
    decided = verdict(VerdictReason.NOT_PROVEN_BETTER)
    ledger.record_verdict(lease, decided, evidence=f"{name} evidence", candidate_version=None)
    ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    return lease.run


def published(ledger: SqlLedger, name: str, reason: VerdictReason) -> int:
    """Its second trial was the finalist."""
    lease = begun(ledger, name)
    told = replace(version(lease.run, digest="a" * 64), archive=f"{name} archive")
    ledger.add_version(lease, told)
    decided = replace(verdict(reason), challenger_trial=2)
    ledger.record_verdict(lease, decided, evidence=f"{name} evidence", candidate_version=told.version)
    ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    return lease.run
