"""G0: is the book that the challenger learnt from still the book we know?"""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from kingmaker.domain.snapshot import Window, WindowBasis
from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.bench import Bench, Candidate, Incumbent
from kingmaker.loop.judging.gates.data import data_gates, jump_gate, monthly_rates

from .champions import champion_answering
from .world import pipeline_of


def closed(bench: Bench, **gates: object) -> Bench:
    return replace(bench, pipeline=pipeline_of(gates=gates))


def volume(bench: Bench) -> Gate:
    return data_gates(bench)[0]


def bad_rate(bench: Bench) -> Gate:
    return data_gates(bench)[1]


def with_rows_in_test(bench: Bench, share: float) -> Bench:
    windows = tuple(
        replace(count, rows=round(count.rows * share)) if count.window is Window.TEST else count
        for count in bench.snapshot.windows
    )
    return replace(bench, snapshot=replace(bench.snapshot, windows=windows))


@pytest.mark.parametrize(("share", "outcome"), [(0.72, "passed"), (1.28, "passed"), (0.6, "held"), (1.5, "held")])
def test_a_jump_in_volume_waits_for_a_person_in_either_direction(bench: Bench, share: float, outcome: str) -> None:
    gate = volume(with_rows_in_test(closed(bench, max_volume_change=0.30), share))
    assert gate.outcome.value == outcome
    assert gate.value == pytest.approx(abs(share - 1), abs=0.01)


def test_volume_counts_loans_a_day_so_that_windows_of_different_length_can_be_compared(bench: Bench) -> None:
    doubled = tuple(
        replace(count, rows=2 * count.rows, last=count.last + (count.last - count.first) + timedelta(days=1))
        if count.window is Window.TEST and count.first and count.last
        else count
        for count in bench.snapshot.windows
    )
    gate = volume(replace(bench, snapshot=replace(bench.snapshot, windows=doubled)))
    assert gate.value == pytest.approx(volume(bench).value, abs=1e-12)


def test_a_window_without_dates_has_no_volume_and_waits(bench: Bench) -> None:
    undated = tuple(
        replace(count, first=None, last=None) if count.window is Window.TEST else count
        for count in bench.snapshot.windows
    )
    gate = volume(replace(bench, snapshot=replace(bench.snapshot, windows=undated)))
    assert (gate.outcome, gate.value) == (GateOutcome.HELD, None)


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
    random = champion_answering(bench, lambda rows: np.random.default_rng(2).uniform(0.1, 0.3, rows.count))
    gate = jump_gate(against(bench, random, max_auc_jump=0.03), trees)
    assert gate.outcome is GateOutcome.HELD
    assert gate.value is not None
    assert gate.value > 0.1


def test_the_first_champion_cannot_jump(bench: Bench, trees: Candidate) -> None:
    assert jump_gate(bench, trees).outcome is GateOutcome.NOT_JUDGED
