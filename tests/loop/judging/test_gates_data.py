"""G0: is the book that the challenger learnt from still the book we know?"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kingmaker.domain.snapshot import Window, WindowBasis
from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.bench import Bench, Candidate, Incumbent
from kingmaker.loop.judging.gates.data import data_gates, jump_gate, monthly_rates
from kingmaker.pipeline.policy import Gates
from kingmaker.statistics.discrimination import auc_within

from .champions import champion_answering, champion_like
from .world import pipeline_of


def closed(bench: Bench, **gates: object) -> Bench:
    return replace(bench, pipeline=pipeline_of(gates=gates))


def volume(bench: Bench) -> Gate:
    return data_gates(bench)[0]


def bad_rate(bench: Bench) -> Gate:
    return data_gates(bench)[1]


TODAY = 738_000
"""The day of the newest matured loan, as an ordinal."""


def applied(*, days: int = 730, a_year_ago: float = 1.0, lost: range = range(0)) -> np.ndarray:
    """Application days of a book that made 1,000 loans today and `a_year_ago` times as many then; `lost` are days of age."""
    age = np.arange(days)
    loans = np.round(1_000 * a_year_ago ** (age / 365)).astype(int)
    loans[list(lost)] = 0
    return TODAY - np.repeat(age, loans)


def volume_of(bench: Bench, days: np.ndarray, **gates: object) -> Gate:
    limits = {"max_volume_change": Gates().max_volume_change, **gates}
    return volume(replace(closed(bench, **limits), applied_on=days))


def test_a_book_that_grows_by_two_fifths_a_year_is_not_held(bench: Bench) -> None:
    gate = volume_of(bench, applied(a_year_ago=1 / 1.4))
    assert gate.outcome is GateOutcome.PASSED
    assert gate.value == pytest.approx(1.4 ** (7 * 28 / 365) - 1, abs=0.005)


def test_a_lost_week_is_a_quarter_of_the_newest_four_and_is_held_by_a_limit_below_that(bench: Bench) -> None:
    lost = applied(lost=range(3, 10))
    assert volume_of(bench, lost).value == pytest.approx(0.25)
    assert volume_of(bench, lost, max_volume_change=0.24).outcome is GateOutcome.HELD


def test_more_than_half_of_the_newest_four_weeks_may_not_be_missing(bench: Bench) -> None:
    assert volume_of(bench, applied(lost=range(3, 17))).outcome is GateOutcome.PASSED
    assert volume_of(bench, applied(lost=range(3, 18))).outcome is GateOutcome.HELD


def test_a_load_that_ran_twice_is_held(bench: Bench) -> None:
    once = applied()
    newest = once[once > TODAY - 28]
    gate = volume_of(bench, np.concatenate([once, newest]))
    assert (gate.outcome, gate.value) == (GateOutcome.HELD, pytest.approx(1.0))


def test_a_week_that_was_lost_months_ago_changes_nothing(bench: Bench) -> None:
    assert volume_of(bench, applied(lost=range(200, 207))).value == 0.0


def test_what_was_usual_is_what_was_usual_in_the_year_before(bench: Bench) -> None:
    grown_since = np.concatenate([applied(days=14 * 28), TODAY - np.arange(14 * 28, 2_000)])
    assert volume_of(bench, grown_since).value == 0.0


def test_the_newest_weeks_need_others_to_be_compared_with(bench: Bench) -> None:
    assert volume_of(bench, applied(days=55)).outcome is GateOutcome.NOT_JUDGED
    assert volume_of(bench, applied(days=56)).outcome is GateOutcome.PASSED
    assert volume_of(bench, np.empty(0, dtype=np.int64)).outcome is GateOutcome.NOT_JUDGED


def test_a_book_that_made_next_to_nothing_until_now_waits(bench: Bench) -> None:
    just_begun = np.concatenate([applied(days=28), [TODAY - 500]])
    gate = volume_of(bench, just_begun)
    assert (gate.outcome, gate.value) == (GateOutcome.HELD, None)


@given(seed=st.integers(0, 10_000), shift=st.integers(-5_000, 5_000))
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_volume_depends_neither_on_the_order_of_the_loans_nor_on_the_calendar(
    bench: Bench, seed: int, shift: int
) -> None:
    days = TODAY - np.random.default_rng(seed).integers(0, 300, 500)
    assert volume_of(bench, days[::-1] + shift) == volume_of(bench, days)


def test_a_random_split_cannot_judge_drift(bench: Bench) -> None:
    random = replace(bench, snapshot=replace(bench.snapshot, basis=WindowBasis.RANDOM))
    assert {gate.outcome for gate in data_gates(random)} == {GateOutcome.NOT_JUDGED}


def with_selection_bad_rate(bench: Bench, rate: float) -> Bench:
    rows = bench.rows[Window.SELECTION]
    bad = np.zeros(rows.count)
    bad[: round(rate * rows.count)] = 1.0
    return replace(bench, rows={**bench.rows, Window.SELECTION: replace(rows, bad=bad)})


def test_the_bad_rate_of_the_selection_window_is_measured_by_its_monthly_course(bench: Bench) -> None:
    bench = closed(bench, max_bad_rate_sigma=4.0)
    assert bad_rate(bench).outcome is GateOutcome.PASSED
    assert bad_rate(with_selection_bad_rate(bench, 0.40)).outcome is GateOutcome.HELD
    assert bad_rate(with_selection_bad_rate(bench, 0.05)).outcome is GateOutcome.HELD


def test_the_distance_is_what_can_be_counted_by_hand(bench: Bench) -> None:
    before = [bench.rows[window] for window in (Window.TRAIN, Window.CALIBRATION)]
    month = np.concatenate([rows.month for rows in before])
    bad = np.concatenate([rows.bad for rows in before])
    recent = month > month.max() - 12
    rates = {value: bad[month == value].mean() for value in np.unique(month[recent])}
    mean = bad[recent].mean()
    between = np.mean([(rates[value] - mean) ** 2 for value in month[recent]])
    selection = bench.rows[Window.SELECTION]
    sigma = np.sqrt(between + mean * (1 - mean) / selection.count)
    assert bad_rate(bench).value == pytest.approx(abs(selection.bad.mean() - mean) / sigma)


def test_a_book_that_never_had_a_bad_has_no_course_and_waits(bench: Bench) -> None:
    rows = {window: replace(judged, bad=np.zeros(judged.count)) for window, judged in bench.rows.items()}
    gate = bad_rate(replace(bench, rows=rows))
    assert (gate.outcome, gate.value) == (GateOutcome.HELD, None)


def test_monthly_rates_are_those_of_each_month_in_order() -> None:
    months, rates, rows = monthly_rates(np.array([5, 3, 5, 3, 3, 9]), np.array([1.0, 0, 0, 1, 1, 0]))
    assert months.tolist() == [3, 5, 9]
    assert rates.tolist() == pytest.approx([2 / 3, 0.5, 0.0])
    assert rows.tolist() == [3.0, 2.0, 1.0]


def against(bench: Bench, incumbent: Incumbent, **gates: object) -> Bench:
    return replace(closed(bench, **gates), incumbent=incumbent)


def test_a_challenger_far_better_than_the_champion_waits_as_a_leak_might(bench: Bench, trees: Candidate) -> None:
    gate = jump_gate(against(bench, guessing(bench), max_auc_jump=0.03), trees)
    assert gate.outcome is GateOutcome.HELD
    assert gate.value is not None
    assert gate.value > 0.1


def guessing(bench: Bench) -> Incumbent:
    return champion_answering(bench, lambda rows: np.random.default_rng(2).uniform(0.1, 0.3, rows.count))


def auc_of(bench: Bench, candidate: Candidate) -> float:
    rows = bench.rows[Window.SELECTION]
    return auc_within(rows.bad, candidate.margins[Window.SELECTION], rows.year)


def test_a_champion_of_old_makes_no_jump_of_what_the_run_before_had_reached_too(bench: Bench, trees: Candidate) -> None:
    old = against(bench, guessing(bench), max_auc_jump=0.03)
    gate = jump_gate(replace(old, best_before=auc_of(bench, trees) - 0.01), trees)
    assert gate.outcome is GateOutcome.PASSED
    assert gate.value == pytest.approx(0.01)
    assert jump_gate(replace(old, best_before=auc_of(bench, trees) - 0.04), trees).outcome is GateOutcome.HELD


def test_a_run_before_that_went_badly_makes_no_jump_of_what_the_champion_had_reached(
    bench: Bench, trees: Candidate
) -> None:
    same = replace(against(bench, champion_like(bench, trees), max_auc_jump=0.03), best_before=0.52)
    gate = jump_gate(same, trees)
    assert gate.outcome is GateOutcome.PASSED
    assert gate.value == pytest.approx(0.0, abs=1e-9)


def test_the_first_champion_cannot_jump(bench: Bench, trees: Candidate) -> None:
    assert jump_gate(bench, trees).outcome is GateOutcome.NOT_JUDGED
