"""G3: are today's applicants those the model was calibrated on, and is it as good in every month?"""

from dataclasses import replace

import numpy as np
import pytest

from kingmaker.domain.snapshot import Window
from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.gates.stability import score_psi, stability_gates

from .champions import champion_like
from .world import pipeline_of


def closed(bench: Bench) -> Bench:
    return replace(bench, pipeline=pipeline_of(gates={"max_psi": 0.10, "max_psi_hold": 0.25}))


def psi_gate(bench: Bench, candidate: Candidate) -> Gate:
    return stability_gates(bench, candidate)[0]


def shifted(candidate: Candidate, by: float) -> Candidate:
    """The candidate with normal margins, those of the recent applicants that many standard deviations higher."""
    random = np.random.default_rng(4)
    margins = dict(candidate.margins)
    for window, mean in ((Window.CALIBRATION, 0.0), (Window.RECENT, by)):
        margins[window] = random.normal(mean, 1.0, candidate.margins[window].size)
    return replace(candidate, margins=margins)


@pytest.mark.parametrize(("by", "outcome"), [(0.0, "passed"), (0.42, "held"), (1.0, "failed")])
def test_below_a_tenth_passes_below_a_quarter_waits_and_beyond_fails(
    bench: Bench, trees: Candidate, by: float, outcome: str
) -> None:
    gate = psi_gate(closed(bench), shifted(trees, by))
    assert gate.outcome.value == outcome
    bands = {"passed": (-0.05, 0.10), "held": (0.10, 0.25), "failed": (0.25, 9.0)}
    assert gate.value is not None
    assert bands[outcome][0] <= gate.value <= bands[outcome][1]


def test_nothing_moved_is_nought_on_average_however_few_the_applicants() -> None:
    random = np.random.default_rng(8)
    found = [score_psi(random.normal(size=1200), random.normal(size=500)) for _ in range(300)]
    assert abs(float(np.mean(found))) < 0.003


def test_no_less_stable_than_the_champion_is_enough(bench: Bench, trees: Candidate) -> None:
    moved = shifted(trees, 1.0)
    as_unstable = replace(closed(bench), incumbent=champion_like(bench, moved))
    assert psi_gate(as_unstable, moved).outcome is GateOutcome.PASSED
    assert psi_gate(as_unstable, shifted(trees, 1.5)).outcome is GateOutcome.FAILED


def test_a_stable_champion_changes_no_limit(bench: Bench, trees: Candidate) -> None:
    beside_a_stable_one = replace(closed(bench), incumbent=champion_like(bench, shifted(trees, 0.0)))
    assert psi_gate(beside_a_stable_one, shifted(trees, 0.42)).outcome is GateOutcome.HELD


def test_fewer_than_500_recent_applicants_say_nothing(bench: Bench, trees: Candidate) -> None:
    rows = bench.rows[Window.RECENT]
    few = replace(rows, frame=rows.frame.head(499))
    gate = psi_gate(replace(bench, rows={**bench.rows, Window.RECENT: few}), shifted(trees, 3.0))
    assert gate.outcome is GateOutcome.NOT_JUDGED


def test_the_monthly_auc_may_vary_little_more_than_the_champions(bench: Bench, trees: Candidate) -> None:
    rows = bench.rows[Window.SELECTION]
    rows = replace(rows, month=2021 * 12 + np.arange(rows.count) * 4 // rows.count)
    bench = replace(bench, rows={**bench.rows, Window.SELECTION: rows}, incumbent=champion_like(bench, trees))
    assert stability_gates(bench, trees)[1].outcome is GateOutcome.PASSED
    margin = trees.margins[Window.SELECTION].copy()
    first = rows.month == rows.month[0]
    margin[first] = np.random.default_rng(1).permutation(margin[first])
    unsteady = replace(trees, margins={**trees.margins, Window.SELECTION: margin})
    assert stability_gates(bench, unsteady)[1].outcome is GateOutcome.FAILED
