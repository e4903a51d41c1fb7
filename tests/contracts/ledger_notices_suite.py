"""What every ledger owes what people outside are to hear."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.notice import Notice, NoticeKind, Occurrence
from kingmaker.domain.run import RunReason
from kingmaker.domain.verdict import VerdictReason

from .ledger_examples import NOON, Clock, LedgerContract, request
from .ledger_races_suite import open_now, race
from .ledger_schedules_suite import decide

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=5)
LONG_AGO = NOON - timedelta(days=30)


def broken(run: int | None = None, *, cause: str = "fault/loans/data_refused", text: str = "No rows.") -> Occurrence:
    return Occurrence(
        cause=cause, kind=NoticeKind.FAULT, pipeline="loans", run=run, title="loans: a run failed", text=text
    )


def take(ledger: SqlLedger) -> list[Notice]:
    return ledger.take_notices(lease=LEASE)


class NoticesContract(LedgerContract):
    def test_what_happened_waits_to_be_told(self, ledger: SqlLedger):
        raised = ledger.raise_notice(broken(7), quiet=HOUR)
        assert raised == Notice(
            number=1,
            cause="fault/loans/data_refused",
            kind=NoticeKind.FAULT,
            pipeline="loans",
            run=7,
            title="loans: a run failed",
            text="No rows.",
            raised_at=NOON,
        )
        assert ledger.notices() == ledger.notices(pipeline="loans") == [raised]
        assert ledger.notices(pipeline="cards") == []

    def test_the_same_cause_is_counted_while_it_waits(self, ledger: SqlLedger, clock: Clock):
        ledger.raise_notice(broken(7), quiet=HOUR)
        clock.advance(days=3)
        assert ledger.raise_notice(broken(9, text="No rows again."), quiet=HOUR) is None
        [waiting] = ledger.notices()
        assert (waiting.count, waiting.run, waiting.text, waiting.raised_at) == (2, 9, "No rows again.", NOON)

    def test_what_a_run_raised_is_never_counted_twice(self, ledger: SqlLedger, clock: Clock):
        ledger.raise_notice(broken(7), quiet=HOUR)
        ledger.raise_notice(broken(9), quiet=HOUR)
        for repeated in (7, 8, 9):
            assert ledger.raise_notice(broken(repeated), quiet=HOUR) is None
        ledger.notice_told(1)
        clock.advance(days=1)
        assert ledger.raise_notice(broken(9), quiet=HOUR) is None
        [told] = ledger.notices()
        assert told.count == 2

    def test_what_happens_again_soon_after_is_told_when_the_quiet_time_is_over(self, ledger: SqlLedger, clock: Clock):
        ledger.raise_notice(broken(), quiet=HOUR)
        ledger.notice_told(take(ledger)[0].number)
        clock.advance(minutes=10)
        assert ledger.raise_notice(broken(), quiet=HOUR) is None
        assert ledger.raise_notice(broken(), quiet=HOUR) is None
        clock.advance(minutes=49)
        assert take(ledger) == []
        clock.advance(minutes=1)
        [again] = take(ledger)
        assert (again.number, again.count) == (2, 2)

    def test_what_happens_while_it_is_being_told_is_not_lost(self, ledger: SqlLedger, clock: Clock):
        ledger.raise_notice(broken(1), quiet=HOUR)
        [being_told] = take(ledger)
        assert ledger.raise_notice(broken(2), quiet=HOUR) is None
        assert ledger.raise_notice(broken(3), quiet=HOUR) is None
        ledger.notice_told(being_told.number)
        assert take(ledger) == []
        clock.advance(hours=1)
        [later] = take(ledger)
        assert (later.number, later.run, later.count) == (2, 3, 2)

    def test_a_cause_that_lasts_while_it_cannot_be_told_stays_one_notice(self, ledger: SqlLedger, clock: Clock):
        ledger.raise_notice(broken(cause="disk"), quiet=HOUR, counted=False)
        for _ in range(5):
            take(ledger)
            ledger.notice_told(1, detail="no answer", retry_at=clock.advance(hours=1))
            assert ledger.raise_notice(broken(cause="disk"), quiet=HOUR, counted=False) is None
        assert len(ledger.notices()) == 1

    def test_what_happens_again_later_is_told_at_once(self, ledger: SqlLedger, clock: Clock):
        ledger.raise_notice(broken(), quiet=HOUR)
        ledger.notice_told(1)
        clock.advance(hours=1)
        assert ledger.raise_notice(broken(), quiet=HOUR) is not None
        assert [notice.number for notice in take(ledger)] == [2]

    def test_a_cause_that_lasts_is_raised_again_when_the_quiet_time_is_over_and_not_counted(
        self, ledger: SqlLedger, clock: Clock
    ):
        disk = broken(cause="disk")
        ledger.raise_notice(disk, quiet=HOUR, counted=False)
        assert ledger.raise_notice(disk, quiet=HOUR, counted=False) is None
        ledger.notice_told(1)
        clock.advance(minutes=59)
        assert ledger.raise_notice(disk, quiet=HOUR, counted=False) is None
        assert [notice.count for notice in ledger.notices()] == [1]
        clock.advance(minutes=1)
        assert ledger.raise_notice(disk, quiet=HOUR, counted=False) is not None

    def test_other_causes_are_other_notices(self, ledger: SqlLedger):
        ledger.raise_notice(broken(), quiet=HOUR)
        ledger.raise_notice(broken(cause="disk"), quiet=HOUR)
        assert [notice.cause for notice in ledger.notices()] == ["disk", "fault/loans/data_refused"]
        newest = ledger.notices(limit=1)[0]
        assert [notice.cause for notice in ledger.notices(before=newest.number)] == ["fault/loans/data_refused"]
        assert [notice.number for notice in ledger.notices(limit=1)] == [2]

    def test_a_taken_notice_is_nobody_elses_until_its_lease_is_over(self, ledger: SqlLedger, clock: Clock):
        for cause in ("one", "two", "three"):
            ledger.raise_notice(broken(cause=cause), quiet=HOUR)
        assert [notice.cause for notice in ledger.take_notices(lease=LEASE, limit=2)] == ["one", "two"]
        assert [notice.cause for notice in take(ledger)] == ["three"]
        assert take(ledger) == []
        clock.advance(minutes=5)
        assert [(notice.cause, notice.attempts) for notice in take(ledger)] == [("one", 2), ("two", 2), ("three", 2)]

    def test_a_told_notice_is_told_no_more(self, ledger: SqlLedger, clock: Clock):
        ledger.raise_notice(broken(), quiet=HOUR)
        take(ledger)
        told_at = clock.advance(minutes=1)
        ledger.notice_told(1, reached=["Slack 1a", "webhook 2b"])
        clock.advance(days=1)
        assert take(ledger) == []
        [told] = ledger.notices()
        assert (told.told_at, told.reached, told.attempts) == (told_at, ("Slack 1a", "webhook 2b"), 1)

    def test_one_that_did_not_reach_every_place_is_due_again(self, ledger: SqlLedger, clock: Clock):
        ledger.raise_notice(broken(), quiet=HOUR)
        take(ledger)
        ledger.notice_told(1, reached=["Slack 1a"], detail="webhook 2b: it answered with 500.", retry_at=NOON + HOUR)
        clock.advance(minutes=59)
        assert take(ledger) == []
        clock.advance(minutes=1)
        [again] = take(ledger)
        assert (again.reached, again.attempts, again.detail) == (
            ("Slack 1a",),
            2,
            "webhook 2b: it answered with 500.",
        )
        assert again.told_at is None

    def test_one_that_is_given_up_is_never_due_and_stays_untold(self, ledger: SqlLedger, clock: Clock):
        ledger.raise_notice(broken(), quiet=HOUR)
        take(ledger)
        ledger.notice_told(1, detail="webhook 2b: it answered with 500.")
        clock.advance(days=9)
        assert take(ledger) == []
        [lost] = ledger.notices()
        assert (lost.told_at, lost.detail) == (None, "webhook 2b: it answered with 500.")
        assert ledger.raise_notice(broken(), quiet=HOUR) is not None

    def test_of_processes_that_raise_one_cause_at_once_one_does_and_the_others_count(self, tmp_path: Path):
        ledger = open_now(self.address(tmp_path))
        assert sorted(race(self.address(tmp_path), "raise", ["a", "b", "c", "d"])) == [*["counted"] * 3, "raised"]
        [notice] = ledger.notices()
        assert notice.count == 4
        ledger.close()

    def test_processes_that_take_at_once_take_nothing_twice(self, tmp_path: Path):
        ledger = open_now(self.address(tmp_path))
        for number in range(20):
            ledger.raise_notice(broken(cause=f"cause {number}"), quiet=HOUR)
        taken = " ".join(race(self.address(tmp_path), "take notices", ["a", "b", "c", "d"])).split()
        assert sorted(map(int, taken)) == list(range(1, 21))
        ledger.close()


class NewsContract(LedgerContract):
    def test_a_run_that_ended_with_a_verdict_is_news_until_it_was_raised(self, ledger: SqlLedger):
        assert ledger.untold_verdicts(since=LONG_AGO) == []
        first = decide(ledger, "one", VerdictReason.FIRST_CHAMPION, "a" * 64)
        second = decide(ledger, "two", VerdictReason.NOT_PROVEN_BETTER, None)
        assert [run.number for run in ledger.untold_verdicts(since=LONG_AGO)] == [first, second]
        told = replace(broken(first, cause=f"verdict/loans/{first}"), kind=NoticeKind.VERDICT)
        ledger.raise_notice(told, quiet=HOUR)
        assert [run.number for run in ledger.untold_verdicts(since=LONG_AGO)] == [second]

    def test_a_verdict_is_no_news_before_its_run_has_ended(self, ledger: SqlLedger, clock: Clock):
        decide(ledger, "one", VerdictReason.FIRST_CHAMPION, None)
        later = clock.advance(days=1)
        assert ledger.untold_verdicts(since=later) == []
        assert ledger.untold_failures(since=LONG_AGO) == []

    def test_a_failed_run_is_news_until_it_or_a_later_one_was_raised(self, ledger: SqlLedger, clock: Clock):
        numbers = [fail(ledger, key) for key in ("one", "two", "three")]
        assert [run.number for run in ledger.untold_failures(since=LONG_AGO)] == numbers
        ledger.raise_notice(broken(numbers[1]), quiet=HOUR)
        assert [run.number for run in ledger.untold_failures(since=LONG_AGO)] == numbers[2:]
        assert ledger.untold_failures(since=clock.advance(days=1)) == []

    def test_what_was_cancelled_or_superseded_is_no_failure(self, ledger: SqlLedger):
        lease = ledger.open_run(request(key="one"), "one")[1]
        ledger.release(lease)
        ledger.cancel_run(1, by="ann", why="mistake")
        assert ledger.untold_failures(since=LONG_AGO) == []


def fail(ledger: SqlLedger, key: str) -> int:
    run, lease = ledger.open_run(request(key=key), "one")
    ledger.finish_run(lease, RunReason.DATA_REFUSED, detail="No rows.")
    return run.number
