"""The scorecard: right signs, no passengers, and the numbers of a plain logistic regression."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from kingmaker.domain.errors import DataRefused
from kingmaker.learners.scorecard import ScorecardLearner
from kingmaker.learners.scorecard_selection import information_values, informative_columns
from kingmaker.ports.learner import FitTask, Rows

from .laws import go_on
from .loans import plain_rows, task_for, weights_of_evidence

LEARNER = ScorecardLearner()
OPEN = {"strength": 1e-4, "min_information_value": 0.0, "max_correlation": 1.0}


def task_of(values: np.ndarray, bad: np.ndarray, **hyperparameters: float) -> FitTask:
    rows = Rows(values=values, bad=bad, weight=np.ones(len(bad)))
    columns = values.shape[1]
    return FitTask(
        outputs=tuple(f"x{k}" for k in range(columns)),
        monotone=(-1,) * columns,
        fitting=rows,
        holdout=rows,
        hyperparameters={**OPEN, **hyperparameters},
        seed=1,
    )


def test_pd_falls_as_any_weight_of_evidence_rises():
    fitted = LEARNER.fit(replace(task_for(LEARNER), hyperparameters=OPEN), go_on)
    assert (fitted.coefficients <= 0).all()
    assert len(fitted.used_outputs) >= 3


def test_it_minimises_the_penalised_log_loss_it_documents():
    rows = task_for(LEARNER).fitting
    fitted = LEARNER.fit(task_of(rows.values[:, :4], rows.bad, strength=1e-3), go_on)
    assert (fitted.coefficients < 0).all()

    def loss(parameters: np.ndarray) -> float:
        margin = parameters[0] + rows.values[:, :4] @ parameters[1:]
        log_loss = np.logaddexp(0, margin) - rows.bad * margin
        return float(log_loss.mean() + 5e-4 * parameters[1:] @ parameters[1:])

    best = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-8}).x
    np.testing.assert_allclose([fitted.intercept, *fitted.coefficients], best, atol=1e-5)


def test_a_column_that_pulls_the_wrong_way_is_left_out_and_the_rest_fitted_anew():
    generator = np.random.default_rng(4)
    strong = generator.normal(size=3000)
    echo = 0.95 * strong + 0.2 * generator.normal(size=3000)
    bad = (generator.random(3000) < 1 / (1 + np.exp(1 + 2 * strong - 0.8 * echo))).astype(float)
    both = LEARNER.fit(task_of(np.column_stack([strong, echo]), bad), go_on)
    alone = LEARNER.fit(task_of(strong.reshape(-1, 1), bad), go_on)
    assert both.used_outputs == (0,)
    assert both.coefficients[0] == pytest.approx(alone.coefficients[0], abs=1e-9)


def test_a_column_that_repeats_a_better_one_is_left_out():
    rows = task_for(LEARNER).fitting
    noisy = rows.values[:, 0] + np.random.default_rng(5).normal(0, 0.05, len(rows.bad))
    fitted = LEARNER.fit(task_of(np.column_stack([noisy, rows.values]), rows.bad, max_correlation=0.8), go_on)
    assert 0 not in fitted.used_outputs
    assert 1 in fitted.used_outputs


def test_weak_and_constant_columns_are_left_out():
    rows = task_for(LEARNER).fitting
    values = np.column_stack([rows.values, np.full(len(rows.bad), 0.3)])
    kept = informative_columns(
        replace(rows, values=values), candidates=np.arange(8), min_information_value=0.02, max_correlation=1.0
    )
    assert {0, 1} <= set(kept.tolist())
    assert not {6, 7} & set(kept.tolist())


def test_the_information_value_is_the_textbook_sum_over_bins():
    rows = task_for(LEARNER).fitting
    woe = rows.values[:, 0]
    good_share = np.array([(1 - rows.bad)[woe == bin_].sum() for bin_ in np.unique(woe)]) / (1 - rows.bad).sum()
    bad_share = np.array([rows.bad[woe == bin_].sum() for bin_ in np.unique(woe)]) / rows.bad.sum()
    assert information_values(rows)[0] == pytest.approx(((good_share - bad_share) * np.unique(woe)).sum(), abs=1e-12)


def test_weight_two_is_a_row_given_twice():
    task = replace(task_for(LEARNER), hyperparameters=OPEN)
    rows, heavy = task.fitting, task.fitting.bad == 1
    twice = Rows(
        values=np.vstack([rows.values, rows.values[heavy]]),
        bad=np.concatenate([rows.bad, rows.bad[heavy]]),
        weight=np.ones(len(rows.bad) + int(heavy.sum())),
    )
    one = LEARNER.fit(replace(task, fitting=replace(rows, weight=np.where(heavy, 2.0, 1.0))), go_on)
    other = LEARNER.fit(replace(task, fitting=twice), go_on)
    np.testing.assert_allclose(one.coefficients, other.coefficients, atol=1e-8)
    assert one.intercept == pytest.approx(other.intercept, abs=1e-8)


def test_without_a_usable_column_it_gives_everybody_the_bad_rate():
    rows = task_for(LEARNER).fitting
    fitted = LEARNER.fit(task_of(-rows.values[:, :2], rows.bad), go_on)
    assert fitted.used_outputs == ()
    assert 1 / (1 + np.exp(-fitted.margin(rows.values[:3, :2]))) == pytest.approx([rows.bad.mean()] * 3)


def test_missing_values_are_refused():
    plain = plain_rows(500, 1)
    with pytest.raises(DataRefused, match="woe"):
        LEARNER.fit(task_of(plain.values, plain.bad), go_on)


def test_contributions_are_told_against_the_average_loan():
    task = task_for(LEARNER)
    fitted = LEARNER.fit(task, go_on)
    contributions = fitted.contributions(weights_of_evidence(plain_rows(3000, 1), plain_rows(4000, 1)).values)
    np.testing.assert_allclose(contributions[:, :-1].mean(axis=0), 0, atol=1e-9)
