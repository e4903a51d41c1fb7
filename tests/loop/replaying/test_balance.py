"""The balance of a replay on a book that can be reckoned by hand."""

from datetime import date

import numpy as np
import pytest

from kingmaker.loop.replaying.balance import balance_of, hindsight_of
from kingmaker.loop.replaying.chronicle import Chronicle, Crowned, Published
from kingmaker.loop.replaying.looking_back import ModelAnswers, PeriodAnswer
from kingmaker.loop.replaying.result import Figures, Period, PolicyResult, PolicyRun, StepEnd
from kingmaker.pipeline.declaration import Promote

DAYS = [date(2004, 3, 31), date(2004, 6, 30), date(2004, 9, 30), date(2004, 12, 31)]
PERIODS = tuple(
    Period(number=number, after=after, to=to, rows=100, bads=bads)
    for number, (after, to, bads) in enumerate(zip(DAYS, DAYS[1:], (10, 30, 0), strict=False))
)
OLD = Published(pipeline="p", version="old", model="a", learner="scorecard", as_of=DAYS[0], made=DAYS[0])
NEW = Published(pipeline="p", version="new", model="b", learner="xgboost", as_of=DAYS[1], made=DAYS[1])
HELD = Published(pipeline="q", version="held", model="c", learner="xgboost", as_of=DAYS[1], made=DAYS[1])


def figures(false_kill: float) -> Figures:
    return Figures(auc=0.7, false_kill=false_kill, bad_rate=0.1, calibration_error=0.2, profit=5.0)


def answer(period: int, rejected: list[int], false_kill: float) -> PeriodAnswer:
    bits = np.packbits(np.array(rejected, dtype=bool)).tobytes()
    return PeriodAnswer(period=period, figures=figures(false_kill), goods=len(rejected), rejected=bits)


ANSWERS = (
    ModelAnswers(model="a", periods=(answer(0, [1, 0, 0, 0], 0.25), answer(1, [1, 1, 0, 0, 0, 0, 0, 0, 0, 0], 0.20))),
    ModelAnswers(model="b", periods=(answer(1, [0, 0, 0, 0, 0, 0, 0, 0, 1, 0], 0.10),)),
    ModelAnswers(model="c", periods=(answer(1, [0] * 10, 0.05),)),
)


def crowned(turn: int, published: Published, since: date, until: date) -> Crowned:
    return Crowned(turn=turn, since=since, until=until, run=turn, sentence="why", published=published)


def run_of(as_of: date, reason: str, decision: str) -> PolicyRun:
    return PolicyRun(
        as_of=as_of,
        end=StepEnd.DECIDED,
        number=1,
        reason=reason,
        decision=decision,
        sentence="",
        confirms=False,
        learner=None,
        candidate=None,
    )


def balance(*reigns: Crowned, runs: tuple[PolicyRun, ...] = ()) -> PolicyResult:
    published = tuple({one.published.version: one.published for one in reigns}.values())
    own = Chronicle(policy=Promote.POINT, pipeline="p", runs=runs, crowned=reigns, published=published)
    other = Chronicle(policy=Promote.ALWAYS, pipeline="q", runs=(), crowned=(), published=(NEW, HELD))
    return balance_of(own, hindsight_of(PERIODS, [own, other], ANSWERS))


def test_a_promotion_is_judged_on_the_same_loans_that_were_applied_for_during_its_reign() -> None:
    """Of ten goods the old one rejects two, the new one another one: one fewer in all, and three differ."""
    result = balance(crowned(1, OLD, DAYS[0], DAYS[1]), crowned(2, NEW, DAYS[1], DAYS[3]))
    hindsight = result.reigns[1].hindsight
    assert result.reigns[0].hindsight is None
    assert hindsight is not None
    assert hindsight.goods == 10
    assert hindsight.difference == pytest.approx(-0.1)
    assert hindsight.standard_error == pytest.approx(((3 / 10 - 0.01) / 10) ** 0.5)
    assert (result.promotions, result.judged, result.worse, result.clearly_worse) == (1, 1, 0, 0)


def test_going_back_to_what_is_worse_counts_as_worse() -> None:
    result = balance(crowned(1, NEW, DAYS[0], DAYS[1]), crowned(2, OLD, DAYS[1], DAYS[3]))
    assert (result.judged, result.worse, result.clearly_worse) == (1, 1, 0)


def test_the_best_in_hindsight_is_the_best_that_anybody_had_published_by_then() -> None:
    result = balance(crowned(1, OLD, DAYS[0], DAYS[3]))
    first, second, third = result.periods
    assert (first.best_version, first.regret) == ("old", 0.0)
    assert second.best_version == "held"
    assert second.regret == pytest.approx(0.15)
    assert third.figures is None
    assert third.regret is None


def test_means_weigh_periods_by_their_bads_or_count_each_once_and_leave_out_what_cannot_be_judged() -> None:
    result = balance(crowned(1, OLD, DAYS[0], DAYS[3]))
    assert result.by_bads.false_kill == pytest.approx((10 * 0.25 + 30 * 0.20) / 40)
    assert result.by_period.false_kill == pytest.approx((0.25 + 0.20) / 2)
    assert result.profit == pytest.approx(10.0)


@pytest.mark.parametrize(("since", "version"), [(date(2004, 7, 7), "new"), (date(2004, 9, 1), "old")])
def test_a_period_belongs_to_whoever_was_in_force_on_most_of_its_days(since: date, version: str) -> None:
    result = balance(crowned(1, OLD, DAYS[0], since), crowned(2, NEW, since, DAYS[3]))
    assert result.periods[1].version == version


def test_before_the_first_champion_there_is_nothing_to_judge() -> None:
    result = balance(crowned(1, OLD, DAYS[1], DAYS[3]))
    assert result.periods[0].version is None
    assert result.periods[0].figures is None
    assert result.periods[1].version == "old"


def test_a_challenger_that_waits_for_its_second_look_is_not_held_for_a_person() -> None:
    runs = (
        run_of(DAYS[0], "awaiting_second_look", "hold"),
        run_of(DAYS[1], "gate_held", "hold"),
        run_of(DAYS[2], "no_candidate", "reject"),
    )
    assert balance(crowned(1, OLD, DAYS[0], DAYS[3]), runs=runs).holds == 1


def test_a_policy_that_never_had_a_champion_has_an_empty_account() -> None:
    result = balance()
    assert result.reigns == ()
    assert result.promotions == 0
    assert result.by_bads.auc is None
    assert result.profit is None
