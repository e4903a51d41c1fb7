"""Rank statistics of one risk: their values in closed form, and what must not change them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kingmaker.statistics.discrimination import auc, gini, h_measure, ks, roc_curve_points

from .loan_books import LAW, judged


def test_auc_is_the_chance_that_a_bad_is_riskier_than_a_good_and_ties_count_half():
    assert auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.4, 0.8])) == (1 + 1 + 0.5 + 1) / 4


def test_a_constant_risk_has_auc_one_half():
    assert auc(np.array([0, 1, 0]), np.zeros(3)) == 0.5


def test_a_perfect_risk_separates_everything():
    bad, risk = np.array([0, 0, 0, 1, 1]), np.arange(5.0)
    assert (auc(bad, risk), gini(bad, risk), ks(bad, risk), h_measure(bad, risk)) == (1.0, 1.0, 1.0, 1.0)


def test_infinite_margins_are_ranked_like_any_number():
    assert auc(np.array([0, 0, 1]), np.array([-np.inf, 0.0, np.inf])) == 1.0


@pytest.mark.parametrize("statistic", [auc, gini, ks, h_measure, roc_curve_points])
def test_what_cannot_be_judged_is_refused_and_never_answered_with_one_half(statistic):
    with pytest.raises(ValueError, match="goods and bads"):
        statistic(np.zeros(5), np.arange(5.0))
    with pytest.raises(ValueError, match="1 of 3 are NaN"):
        statistic(np.array([0, 1, 0]), np.array([0.1, np.nan, 0.3]))
    with pytest.raises(ValueError, match="neither or missing"):
        statistic(np.array([0, 1, np.nan]), np.arange(3.0))
    with pytest.raises(ValueError, match="one number a row"):
        statistic(np.array([0, 1, 0]), np.arange(4.0))


def test_weights_must_be_positive():
    with pytest.raises(ValueError, match="positive"):
        auc(np.array([0, 1]), np.array([0.0, 1.0]), np.array([1.0, 0.0]))


@LAW
@given(judged())
def test_a_rising_transform_of_the_risk_changes_no_rank_statistic(case):
    bad, risk = case
    for statistic in (auc, ks, h_measure):
        assert statistic(bad, np.exp(risk / 3.0) + 7.0) == pytest.approx(statistic(bad, risk), abs=1e-12)


@LAW
@given(judged())
def test_turning_the_risk_round_mirrors_the_auc(case):
    bad, risk = case
    assert auc(bad, -risk) == pytest.approx(1.0 - auc(bad, risk), abs=1e-12)


@LAW
@given(judged(), st.data())
def test_a_weight_of_two_is_the_row_twice(case, data):
    bad, risk = case
    times = np.array(data.draw(st.lists(st.integers(1, 3), min_size=bad.size, max_size=bad.size)))
    again = np.repeat(bad, times), np.repeat(risk, times)
    for statistic in (auc, ks):
        assert statistic(bad, risk, times.astype(float)) == pytest.approx(statistic(*again), abs=1e-12)
    assert h_measure(bad, risk, weight=times) == pytest.approx(h_measure(*again), abs=1e-12)


@LAW
@given(judged())
def test_the_roc_curve_encloses_the_auc(case):
    bad, risk = case
    curve = roc_curve_points(bad, risk)
    x, y = np.array([point.x for point in curve]), np.array([point.y for point in curve])
    assert (curve[0].x, curve[0].y, curve[-1].x, curve[-1].y) == (0.0, 0.0, 1.0, 1.0)
    assert np.trapezoid(y, x) == pytest.approx(auc(bad, risk), abs=1e-12)


def test_a_long_roc_curve_is_thinned_and_keeps_its_ends():
    random = np.random.default_rng(1)
    risk = random.normal(size=5000)
    curve = roc_curve_points(risk + random.normal(size=5000) > 1, risk, max_points=100)
    assert 90 <= len(curve) <= 100
    assert (curve[0].x, curve[0].y, curve[-1].x, curve[-1].y) == (0.0, 0.0, 1.0, 1.0)


def test_a_fixed_severity_ratio_must_be_positive():
    with pytest.raises(ValueError, match="severity ratio"):
        h_measure(np.array([0, 1]), np.array([0.0, 1.0]), severity_ratio=0.0)
