"""G1 and G2: does the artefact answer as the model does, and does the model hold beyond the rows it was fitted on?"""

from dataclasses import replace

import numpy as np
import pytest

from kingmaker.domain.snapshot import Window, WindowBasis
from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.gates.fitting import artefact_gates, monthly_losses, overfit_gates, soundness_gate
from kingmaker.loop.judging.judged import JudgedRows
from kingmaker.statistics.discrimination import auc, auc_within
from kingmaker.statistics.error_budget import required_z

from .champions import champion_like
from .world import pipeline_of


def by_code(gates: tuple[Gate, ...]) -> dict[str, Gate]:
    return {gate.code: gate for gate in gates}


def closed(bench: Bench, **gates: object) -> Bench:
    return replace(bench, pipeline=pipeline_of(gates=gates))


def test_an_artefact_that_answers_unlike_its_model_fails(bench: Bench, trees: Candidate) -> None:
    assert by_code(artefact_gates(bench, trees))["G1.parity"].outcome is GateOutcome.PASSED
    for parity in (2e-5, float("nan")):
        broken = by_code(artefact_gates(bench, replace(trees, parity=parity)))["G1.parity"]
        assert broken.outcome is GateOutcome.FAILED


def test_a_model_with_a_handful_of_answers_cannot_rank_a_book(bench: Bench, trees: Candidate) -> None:
    coarse = {window: np.round(margin) for window, margin in trees.margins.items()}
    gate = by_code(artefact_gates(bench, replace(trees, margins=coarse)))["G1.distinct_scores"]
    assert gate.outcome is GateOutcome.FAILED


def test_a_model_that_answers_everybody_alike_is_not_sound(trees: Candidate) -> None:
    assert soundness_gate(trees).outcome is GateOutcome.PASSED
    assert soundness_gate(replace(trees, sound=False)).outcome is GateOutcome.FAILED


def test_the_gap_out_of_time_is_holdout_less_selection_within_years(bench: Bench, trees: Candidate) -> None:
    rows = bench.rows[Window.SELECTION]
    mine = auc_within(rows.bad, trees.margins[Window.SELECTION], rows.year)
    gate = by_code(overfit_gates(bench, trees))["G2.out_of_time"]
    assert gate.value == pytest.approx(trees.trial.auc_holdout - mine)


def test_drift_of_the_bad_rate_between_years_is_no_overfitting(bench: Bench, trees: Candidate) -> None:
    """A risk that mostly tells the years apart scores high when they are pooled, and is not praised for it."""
    rows = bench.rows[Window.SELECTION]
    late = np.arange(rows.count) >= rows.count // 2
    drifting = replace(
        rows,
        bad=np.where(late, rows.bad, rows.bad * (np.arange(rows.count) % 3 == 0)),
        month=np.where(late, 2021 * 12, 2020 * 12),
    )
    told_apart = trees.margins[Window.SELECTION] + 3.0 * late
    candidate = replace(trees, margins={**trees.margins, Window.SELECTION: told_apart})
    gate = by_code(overfit_gates(replace(bench, rows={**bench.rows, Window.SELECTION: drifting}), candidate))[
        "G2.out_of_time"
    ]
    pooled = auc(drifting.bad, told_apart)
    assert trees.trial.auc_holdout - pooled < gate.value - 0.02


def test_a_gap_beyond_the_limit_fails(bench: Bench, trees: Candidate) -> None:
    overfitted = replace(trees, trial=replace(trees.trial, auc_holdout=0.9, auc_train=0.99))
    gates = by_code(overfit_gates(closed(bench, max_overfit=0.02, max_train_gap=0.05), overfitted))
    assert gates["G2.out_of_time"].outcome is GateOutcome.FAILED
    assert gates["G2.train_gap"].outcome is GateOutcome.FAILED


def test_the_gap_of_the_champion_and_a_point_is_allowed_too(bench: Bench, trees: Candidate) -> None:
    bench = closed(bench, max_overfit=0.02)
    overfitted = replace(trees, trial=replace(trees.trial, auc_holdout=trees.trial.auc_holdout + 0.05))
    as_bad = replace(bench, incumbent=champion_like(bench, overfitted))
    assert by_code(overfit_gates(bench, overfitted))["G2.out_of_time"].outcome is GateOutcome.FAILED
    assert by_code(overfit_gates(as_bad, overfitted))["G2.out_of_time"].outcome is GateOutcome.PASSED


def with_train_gap(candidate: Candidate, gap: float) -> Candidate:
    assert candidate.trial.auc_holdout is not None
    return replace(candidate, trial=replace(candidate.trial, auc_train=candidate.trial.auc_holdout + gap))


@pytest.mark.parametrize(("gap", "outcome"), [(0.145, "passed"), (0.155, "passed"), (0.165, "failed")])
def test_the_train_gap_of_the_champion_and_a_point_is_allowed_too(
    bench: Bench, trees: Candidate, gap: float, outcome: str
) -> None:
    """Forests know the rows they learnt from by heart: it is no news of a challenger that its champion did the same."""
    bench = closed(bench, max_train_gap=0.10)
    alone = by_code(overfit_gates(bench, with_train_gap(trees, gap)))["G2.train_gap"]
    assert (alone.outcome, alone.limit) == (GateOutcome.FAILED, 0.10)
    beside = replace(bench, incumbent=champion_like(bench, with_train_gap(trees, 0.15)))
    gate = by_code(overfit_gates(beside, with_train_gap(trees, gap)))["G2.train_gap"]
    assert gate.outcome.value == outcome
    assert gate.limit == pytest.approx(0.16)


def test_a_champion_that_memorised_less_does_not_narrow_the_train_gap(bench: Bench, trees: Candidate) -> None:
    beside = replace(closed(bench, max_train_gap=0.10), incumbent=champion_like(bench, with_train_gap(trees, 0.0)))
    assert by_code(overfit_gates(beside, with_train_gap(trees, 0.09)))["G2.train_gap"].limit == 0.10


def test_a_champion_whose_fit_is_not_known_allows_no_more_than_the_limit(bench: Bench, trees: Candidate) -> None:
    unknown = replace(champion_like(bench, trees), trial=None)
    gate = by_code(overfit_gates(replace(closed(bench, max_train_gap=0.10), incumbent=unknown), trees))["G2.train_gap"]
    assert gate.limit == 0.10


@pytest.mark.parametrize("unknown", ["auc_holdout", "auc_train"])
def test_a_trial_whose_fit_was_not_measured_fails(bench: Bench, trees: Candidate, unknown: str) -> None:
    unmeasured = replace(trees, trial=replace(trees.trial, **{unknown: None}))
    gate = by_code(overfit_gates(bench, unmeasured))["G2.train_gap"]
    assert (gate.outcome, gate.value) == (GateOutcome.FAILED, None)


def months_of(rows: JudgedRows, count: int) -> JudgedRows:
    return replace(rows, month=2021 * 12 + np.arange(rows.count) * count // rows.count)


def test_one_bad_month_against_the_champion_fails(bench: Bench, trees: Candidate) -> None:
    rows = months_of(bench.rows[Window.SELECTION], 4)
    bench = replace(
        closed(bench, max_month_loss=0.02),
        rows={**bench.rows, Window.SELECTION: rows},
        incumbent=champion_like(bench, trees),
    )
    assert by_code(overfit_gates(bench, trees))["G2.months"].outcome is GateOutcome.PASSED
    margin = trees.margins[Window.SELECTION].copy()
    third = rows.month == rows.month[0] + 2
    margin[third] = np.random.default_rng(1).permutation(margin[third])
    worse = replace(trees, margins={**trees.margins, Window.SELECTION: margin})
    gate = by_code(overfit_gates(bench, worse))["G2.months"]
    assert gate.outcome is GateOutcome.FAILED
    assert "2021-03" in gate.sentence


def test_two_equal_models_each_have_a_worst_month_and_are_not_failed_for_it(bench: Bench) -> None:
    """Eight months of 110 bads: in half of the books one month is worse by more than .02, and chance explains it."""
    random = np.random.default_rng(6)
    alarms, larger = 0, 0
    for _ in range(30):
        truth = random.normal(-2.0, 1.0, 8 * 660)
        bad = (random.random(truth.size) < 1 / (1 + np.exp(-truth))).astype(float)
        rows = replace(
            bench.rows[Window.SELECTION],
            bad=bad,
            month=np.arange(truth.size) // 660,
            customer=np.arange(truth.size),
        )
        mine, theirs = (truth + random.normal(0.0, 0.6, truth.size) for _ in range(2))
        losses = monthly_losses(rows, mine, theirs)
        z = required_z(0.05 / len(losses))
        larger += max(month.loss for month in losses) > 0.02
        alarms += max(month.beyond_chance(z) for month in losses) > 0.02
    assert larger > 10
    assert alarms == 0


def test_months_with_few_bads_are_passed_over(bench: Bench, trees: Candidate) -> None:
    rows = months_of(bench.rows[Window.SELECTION], 40)
    margin = trees.margins[Window.SELECTION]
    assert monthly_losses(rows, margin, margin) == []
    bench = replace(bench, rows={**bench.rows, Window.SELECTION: rows}, incumbent=champion_like(bench, trees))
    assert by_code(overfit_gates(bench, trees))["G2.months"].outcome is GateOutcome.NOT_JUDGED


def test_without_dates_there_are_no_months(bench: Bench, trees: Candidate) -> None:
    undated = replace(
        bench, snapshot=replace(bench.snapshot, basis=WindowBasis.RANDOM), incumbent=champion_like(bench, trees)
    )
    assert by_code(overfit_gates(undated, trees))["G2.months"].outcome is GateOutcome.NOT_JUDGED
