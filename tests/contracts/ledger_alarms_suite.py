"""What every ledger owes alarms."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.alarm import AlarmKind, AlarmLevel, Crossing

from .ledger_examples import NOON, Clock, LedgerContract

DRIFT = Crossing(
    pipeline="loans",
    kind=AlarmKind.FEATURE_DRIFT,
    what="income",
    level=AlarmLevel.WATCH,
    value=0.12,
    limit=0.10,
    sentence="income moved",
)


class AlarmsContract(LedgerContract):
    def test_at_first_there_are_none(self, ledger: SqlLedger):
        assert ledger.alarms() == []
        assert ledger.end_alarm(1, why="over") is None

    def test_an_alarm_begins_with_its_first_crossing_and_keeps_its_newest_and_worst_value(
        self, ledger: SqlLedger, clock: Clock
    ):
        first = ledger.raise_alarm(DRIFT)
        assert (first.number, first.since, first.seen_at, first.until) == (1, NOON, NOON, None)
        later = clock.advance(hours=1)
        ledger.raise_alarm(replace(DRIFT, value=0.2, sentence="it moved far"))
        again = ledger.raise_alarm(replace(DRIFT, value=0.15))
        assert (again.number, again.value, again.worst, again.since, again.seen_at) == (1, 0.15, 0.2, NOON, later)
        assert ledger.alarms("loans") == [again]

    def test_the_level_rises_with_the_limit_that_was_crossed_and_never_falls(self, ledger: SqlLedger):
        ledger.raise_alarm(DRIFT)
        high = ledger.raise_alarm(replace(DRIFT, level=AlarmLevel.ALARM, value=0.3, limit=0.25))
        assert (high.level, high.limit) == (AlarmLevel.ALARM, 0.25)
        low = ledger.raise_alarm(DRIFT)
        assert (low.level, low.limit, low.value, low.worst) == (AlarmLevel.ALARM, 0.25, 0.12, 0.3)

    def test_what_is_over_stays_in_the_history_and_may_begin_again(self, ledger: SqlLedger, clock: Clock):
        first = ledger.raise_alarm(DRIFT)
        over = clock.advance(days=1)
        ended = ledger.end_alarm(first.number, why="it is back")
        assert ended is not None
        assert (ended.until, ended.ended) == (over, "it is back")
        assert ledger.end_alarm(first.number, why="again") is None
        second = ledger.raise_alarm(DRIFT)
        assert second.number == 2
        assert ledger.alarms("loans") == [second, ended]
        assert ledger.alarms("loans", only_open=True) == [second]

    def test_pipelines_kinds_and_subjects_have_alarms_of_their_own(self, ledger: SqlLedger):
        others = [
            replace(DRIFT, what="debt"),
            replace(DRIFT, pipeline="cars"),
            replace(DRIFT, kind=AlarmKind.SCORE_DRIFT, what=""),
        ]
        numbers = [ledger.raise_alarm(one).number for one in (DRIFT, *others, DRIFT)]
        assert numbers == [1, 2, 3, 4, 1]
        assert [one.number for one in ledger.alarms("loans")] == [4, 2, 1]
        assert [one.number for one in ledger.alarms(limit=2, before=4)] == [3, 2]

    def test_several_control_centres_that_see_it_at_once_begin_one(self, ledger: SqlLedger):
        with ThreadPoolExecutor(8) as pool:
            numbers = set(pool.map(lambda _: ledger.raise_alarm(DRIFT).number, range(8)))
        assert numbers == {1}
        assert len(ledger.alarms()) == 1
