"""The error budget of a pipeline on a day: what a look may spend, when the next is due, and who waits for a second one."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.loop.judging.world import house_in, now

from kingmaker.domain.champion import ModelVersion, TurnReason
from kingmaker.domain.errors import NotFound
from kingmaker.domain.look import Look
from kingmaker.domain.run import Lease, Request, RunReason
from kingmaker.domain.verdict import Verdict, VerdictReason
from kingmaker.loop.budget import budget_of, newest_day, span_after
from kingmaker.loop.records import Budget
from kingmaker.loop.reign import reject
from kingmaker.pipeline.parts import Span
from kingmaker.pipeline.policy import Policy
from kingmaker.ports.house import House

START = date(2020, 1, 1)
"""The as-of date of the run that published the first champion."""
WEEKLY = Policy()
WEEK = 0.05 * 7 / 365
FIRST, SECOND = "a" * 64, "b" * 64
PASSED_ONCE = VerdictReason.AWAITING_SECOND_LOOK
TOO_SMALL = VerdictReason.NOT_PROVEN_BETTER


def day(number: int) -> date:
    """So many days after the start."""
    return START + timedelta(days=number)


@dataclass(frozen=True)
class Years:
    """The runs of one pipeline, each as of a day that the test names."""

    house: House

    def run(self, as_of: date) -> Lease:
        known = len(self.house.ledger.runs("loans", limit=1000))
        request = Request(
            key=str(known),
            pipeline="loans",
            declaration="pipeline: loans",
            declaration_digest="d" * 64,
            declared_in="loans.yaml",
            as_of=as_of,
            requested_by="ann",
        )
        return self.house.ledger.open_run(request, self.house.holder)[1]

    def crowned(self, as_of: date, version: str = FIRST, reason: TurnReason = TurnReason.PROMOTED) -> None:
        """A run whose version is put in force."""
        lease = self.run(as_of)
        published = ModelVersion(
            version=version, pipeline="loans", run=lease.run, archive="f" * 64, learner="ebm", published_at=now()
        )
        self.house.ledger.add_version(lease, published)
        self.house.ledger.finish_run(lease, RunReason.VERDICT_REACHED)
        self.move(version, reason)

    def move(self, version: str, reason: TurnReason) -> None:
        turn = len(self.house.ledger.history("loans"))
        self.house.ledger.crown("loans", version, expected_turn=turn, reason=reason, by="ann", why="better")

    def looked(self, as_of: date, verdict: VerdictReason | None = TOO_SMALL, *, confirms: Look | None = None) -> Look:
        """A run that looks at what the budget allows, or confirms an earlier look, and reaches that verdict."""
        alpha = confirms.alpha if confirms else self.budget(as_of).alpha
        lease = self.run(as_of)
        look = self.house.ledger.open_look(
            lease,
            as_of=as_of,
            artefact="t" * 64,
            champion=self.house.ledger.history("loans")[-1].version,
            alpha=alpha,
            confirms=confirms.number if confirms else None,
        )
        if verdict is not None:
            self.house.ledger.record_verdict(lease, verdict_of(verdict), evidence="e" * 64, candidate_version=None)
            self.house.ledger.finish_run(lease, RunReason.VERDICT_REACHED)
        return look

    def budget(self, today: date, policy: Policy = WEEKLY) -> Budget:
        return budget_of(self.house, policy, "loans", today=today)


def verdict_of(reason: VerdictReason) -> Verdict:
    return Verdict(
        reason=reason,
        sentence="It is as it is.",
        rule="proven",
        challenger_trial=1,
        champion_version=FIRST,
        gates=(),
        comparisons=(),
        swap_set=(),
    )


@pytest.fixture
def nothing(tmp_path: Path) -> Years:
    return Years(house_in(tmp_path))


@pytest.fixture
def years(nothing: Years) -> Years:
    """A first champion, as of the start."""
    nothing.crowned(START)
    return nothing


def test_without_a_champion_nothing_accrues(nothing: Years) -> None:
    budget = nothing.budget(day(500))
    assert (budget.alpha, budget.spent, budget.looks, budget.waiting) == (0.0, 0.0, 0, None)
    assert (budget.accrues_from, budget.next_look) == (day(500), day(507))


def test_the_budget_accrues_from_the_day_of_the_first_champions_run(years: Years) -> None:
    budget = years.budget(day(73))
    assert budget.accrues_from == START
    assert budget.alpha == pytest.approx(0.05 * 73 / 365)
    assert (budget.looks, budget.spent, budget.yearly) == (0, 0.0, 0.05)


def test_a_first_champion_replaced_nobody_and_is_looked_at_after_one_distance(years: Years) -> None:
    budget = years.budget(day(6))
    assert (budget.alpha, budget.cooling_down_until, budget.next_look) == (0.0, None, day(7))
    assert years.budget(day(7)).alpha == pytest.approx(WEEK)


def test_after_a_promotion_nothing_is_replaced_for_the_cool_down(years: Years) -> None:
    years.crowned(day(70), SECOND)
    budget = years.budget(day(159))
    assert (budget.alpha, budget.cooling_down_until, budget.next_look) == (0.0, day(160), day(160))
    assert (years.budget(day(160)).cooling_down_until, years.budget(day(160)).next_look) == (None, day(160))
    assert years.budget(day(160)).alpha == pytest.approx(0.05 / 4)


def test_a_look_spends_what_has_accrued_and_the_next_has_its_distance(years: Years) -> None:
    years.looked(day(35))
    for number in range(35, 42):
        assert (years.budget(day(number)).alpha, years.budget(day(number)).next_look) == (0.0, day(42))
    budget = years.budget(day(42))
    assert budget.alpha == pytest.approx(WEEK)
    assert (budget.looks, budget.spent) == (1, pytest.approx(0.05 * 35 / 365))
    assert [look.number for look in budget.looks_taken] == [1]


def test_looks_of_more_than_a_year_ago_are_spent_no_more(years: Years) -> None:
    years.looked(day(35))
    assert years.budget(day(399)).looks == 1
    budget = years.budget(day(400))
    assert (budget.looks, budget.spent, len(budget.looks_taken)) == (0, 0.0, 1)


def test_a_long_silence_carries_a_quarter_of_a_year_at_most(years: Years) -> None:
    assert years.budget(day(3000)).alpha == pytest.approx(0.05 / 4)


@settings(deadline=None, max_examples=6)
@given(gaps=st.lists(st.integers(1, 120), min_size=2, max_size=6))
def test_however_one_looks_no_year_of_looks_spends_more_than_its_days(
    tmp_path_factory: pytest.TempPathFactory, gaps: list[int]
) -> None:
    years = Years(house_in(tmp_path_factory.mktemp("years")))
    years.crowned(START)
    today = START
    for gap in gaps:
        today += timedelta(days=gap)
        if years.budget(today).alpha > 0:
            years.looked(today)
    looks = years.budget(today).looks_taken
    assert sum(look.alpha for look in looks) <= 0.05 * (today - START).days / 365 + 1e-12
    years.house.close()


def test_going_back_in_time_is_no_way_to_look_again(years: Years) -> None:
    years.looked(day(200))
    assert years.budget(day(100)).alpha == 0.0
    assert years.budget(day(100)).next_look == day(207)


def test_a_promotion_cools_down_from_the_day_of_its_run_and_keeps_what_accrued(years: Years) -> None:
    years.looked(day(70))
    years.crowned(day(70), SECOND)
    assert years.budget(day(159)).cooling_down_until == day(160)
    assert years.budget(day(160)).alpha == pytest.approx(0.05 * 90 / 365)
    assert years.budget(day(160)).accrues_from == START


def test_an_approval_cools_down_from_the_day_of_the_run_it_approves(years: Years) -> None:
    years.crowned(day(70), SECOND, TurnReason.APPROVED)
    years.run(day(80))
    assert years.budget(day(90)).next_look == day(160)


def test_a_roll_back_cools_down_from_the_day_of_the_newest_run_before_it(years: Years) -> None:
    years.crowned(day(70), SECOND)
    years.house.ledger.finish_run(years.run(day(91)), RunReason.VERDICT_REACHED)
    years.move(FIRST, TurnReason.ROLLED_BACK)
    years.run(day(112))
    assert years.budget(day(112)).cooling_down_until == day(181)


def test_a_roll_back_to_the_first_champion_cools_down_too(years: Years) -> None:
    years.crowned(day(70), SECOND)
    years.move(FIRST, TurnReason.ROLLED_BACK)
    assert years.budget(day(159)).cooling_down_until == day(160)


def test_a_challenger_that_passed_its_first_look_waits_for_its_second(years: Years) -> None:
    look = years.looked(day(35), PASSED_ONCE)
    for number in (35, 41, 42, 300):
        budget = years.budget(day(number))
        assert budget.waiting is not None
        assert (budget.waiting.run, budget.waiting.look, budget.waiting.alpha) == (look.run, 1, look.alpha)
        assert (budget.waiting.artefact, budget.waiting.due) == (look.artefact, day(42))
        assert budget.alpha == 0.0


def test_a_confirming_look_spends_nothing_and_moves_no_later_look(years: Years) -> None:
    first = years.looked(day(35), PASSED_ONCE)
    years.looked(day(42), VerdictReason.NOT_CONFIRMED, confirms=first)
    budget = years.budget(day(49))
    assert budget.waiting is None
    assert (budget.looks, budget.spent) == (1, first.alpha)
    assert budget.alpha == pytest.approx(2 * WEEK)
    assert [look.confirms for look in budget.looks_taken] == [None, 1]


def test_nobody_waits_after_a_look_that_was_not_passed_or_not_decided(years: Years) -> None:
    years.looked(day(35))
    assert years.budget(day(42)).waiting is None
    years.looked(day(42), None)
    assert years.budget(day(49)).waiting is None


def test_a_challenger_that_a_person_refused_waits_no_longer(years: Years) -> None:
    look = years.looked(day(35), PASSED_ONCE)
    reject(years.house, look.run, by="bo", why="the committee has met")
    assert years.budget(day(42)).waiting is None
    assert years.budget(day(42)).alpha == pytest.approx(WEEK)


def test_a_challenger_waits_only_for_the_champion_it_was_compared_with(years: Years) -> None:
    years.looked(day(35), PASSED_ONCE)
    years.crowned(day(40), SECOND, TurnReason.APPROVED)
    assert years.budget(day(42)).waiting is None
    years.move(FIRST, TurnReason.ROLLED_BACK)
    assert years.budget(day(42)).waiting is not None


def test_a_reset_begins_the_budget_anew_and_brings_no_look_forward(years: Years) -> None:
    years.looked(day(35))
    years.looked(day(70))
    reset = years.house.ledger.reset_budget("loans", as_of=day(71), by="bo", why="another product")
    budget = years.budget(day(77))
    assert (budget.accrues_from, budget.resets) == (day(71), (reset,))
    assert (budget.looks, budget.spent) == (0, 0.0)
    assert (budget.alpha, budget.next_look) == (0.0, day(78))
    assert len(budget.looks_taken) == 2


def test_looks_from_the_day_of_the_reset_on_still_count(years: Years) -> None:
    years.looked(day(70))
    years.house.ledger.reset_budget("loans", as_of=START, by="bo", why="back to the start")
    assert years.budget(day(73)).alpha == 0.0
    assert years.budget(day(73)).looks == 1


def test_the_policy_sets_the_distance_and_the_limit(years: Years) -> None:
    quarterly = Policy(yearly_error=0.10, looks_per_year=4, cool_down=Span(count=6, unit="month"))
    budget = years.budget(day(90), quarterly)
    assert (budget.alpha, budget.next_look, budget.yearly) == (0.0, day(91), 0.10)
    assert years.budget(day(91), quarterly).alpha == pytest.approx(0.10 * 91 / 365)
    years.looked(day(91), PASSED_ONCE)
    waiting = years.budget(day(91), quarterly).waiting
    assert waiting is not None
    assert waiting.due == day(182)
    years.crowned(day(182), SECOND)
    assert years.budget(day(182), quarterly).next_look == date(2021, 1, 1)


def test_the_newest_day_is_the_latest_as_of_date_of_any_run(years: Years) -> None:
    for number in (90, 40):
        years.house.ledger.finish_run(years.run(day(number)), RunReason.VERDICT_REACHED)
    assert newest_day(years.house, "loans") == day(90)
    with pytest.raises(NotFound, match="cards"):
        newest_day(years.house, "cards")


@settings(deadline=None, max_examples=60)
@given(
    first=st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    count=st.integers(0, 500),
    unit=st.sampled_from(["day", "week", "month", "year"]),
)
def test_a_span_ends_where_the_windows_of_loans_end(first: date, count: int, unit: str) -> None:
    span = Span.model_validate({"count": count, "unit": unit})
    assert span_after(first, span) == pl.select(pl.lit(first).dt.offset_by(span.polars_offset())).item()


def test_a_month_ends_with_its_last_day_and_time_with_the_last_year() -> None:
    month = Span(count=1, unit="month")
    assert span_after(date(2024, 1, 31), month) == date(2024, 2, 29)
    assert span_after(date(2024, 12, 31), replace_count(month, 2)) == date(2025, 2, 28)
    for unit in ("day", "year"):
        assert span_after(START, Span.model_validate({"count": 9_999_999, "unit": unit})) == date.max


def replace_count(span: Span, count: int) -> Span:
    return span.model_copy(update={"count": count})
