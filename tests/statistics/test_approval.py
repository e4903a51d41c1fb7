"""Approval cuts: exact approval rates, the identity behind false kill, risk appetite, amounts and profit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kingmaker.statistics.approval import (
    approval_at_bad_rate,
    approval_curve,
    approval_point,
    approved_at,
    false_kill_around,
    rejected_good_amount,
)
from kingmaker.statistics.profit import emp, expected_profit, expected_profit_curve

from .loan_books import LAW, judged

RATES = st.floats(0.05, 1.0)


def test_at_seventy_percent_approval_the_three_riskiest_of_ten_are_rejected():
    bad = np.array([0, 0, 0, 0, 0, 1, 0, 0, 1, 1])
    point = approval_point(bad, np.arange(10.0), 0.7)
    assert (point.approval_rate, point.bad_rate) == (0.7, pytest.approx(1 / 7))
    assert (point.false_kill, point.caught) == (pytest.approx(1 / 7), pytest.approx(2 / 3))


def test_applicants_tied_at_the_cut_are_approved_in_part():
    point = approval_point(np.array([0, 0, 1, 1]), np.zeros(4), 0.25)
    assert (point.bad_rate, point.false_kill) == (0.5, 0.75)


@LAW
@given(judged(), RATES)
def test_false_kill_follows_from_approval_rate_and_bad_rate(case, approval_rate):
    bad, risk = case
    share, point = bad.mean(), approval_point(bad, risk, approval_rate)
    expected = (1 - point.approval_rate - share + point.approval_rate * point.bad_rate) / (1 - share)
    assert point.false_kill == pytest.approx(expected, abs=1e-12)


@LAW
@given(judged(), RATES)
def test_a_rising_transform_of_the_risk_moves_no_cut(case, approval_rate):
    bad, risk = case
    assert approval_point(bad, np.expm1(risk), approval_rate) == approval_point(bad, risk, approval_rate)
    assert false_kill_around(bad, risk**3, approval_rate) == false_kill_around(bad, risk, approval_rate)


@LAW
@given(judged(), RATES, st.integers(2, 4))
def test_repeating_every_row_moves_no_cut(case, approval_rate, times):
    bad, risk = case
    once = approval_point(bad, risk, approval_rate)
    weighted = approval_point(bad, risk, approval_rate, weight=np.full(bad.size, float(times)))
    repeated = approval_point(np.repeat(bad, times), np.repeat(risk, times), approval_rate)
    for point in (weighted, repeated):
        assert point.false_kill == pytest.approx(once.false_kill, abs=1e-12)
        assert point.bad_rate == pytest.approx(once.bad_rate, abs=1e-12)


def test_false_kill_around_weighs_the_rates_beside_the_approval_rate():
    random = np.random.default_rng(3)
    risk = random.normal(size=500)
    bad = risk + random.normal(size=500) > 1
    near = [approval_point(bad, risk, rate).false_kill for rate in (0.65, 0.70, 0.75)]
    assert false_kill_around(bad, risk, 0.70) == pytest.approx(near[0] / 4 + near[1] / 2 + near[2] / 4)


def test_around_a_very_high_approval_rate_nothing_beyond_everybody_is_approved():
    bad, risk = np.array([0, 1, 0, 1]), np.arange(4.0)
    expected = 0.25 * approval_point(bad, risk, 0.93).false_kill + 0.5 * approval_point(bad, risk, 0.98).false_kill
    assert false_kill_around(bad, risk, 0.98) == pytest.approx(expected)


def test_the_curve_ends_where_everybody_is_approved():
    curve = approval_curve(np.array([0, 1, 0, 1]), np.arange(4.0))
    assert len(curve) == 100
    assert (curve[-1].approval_rate, curve[-1].false_kill, curve[-1].caught, curve[-1].bad_rate) == (1, 0, 0, 0.5)


@pytest.mark.parametrize("asked", [0.0, -0.1, 1.01, float("nan")])
def test_an_approval_rate_that_is_no_share_is_refused(asked):
    with pytest.raises(ValueError, match="approval rate must be above 0"):
        approval_point(np.array([0, 1]), np.arange(2.0), asked)


def test_approval_at_a_bad_rate_has_that_bad_rate():
    random = np.random.default_rng(5)
    risk = random.normal(size=20_000)
    bad = random.uniform(size=20_000) < 1 / (1 + np.exp(2 - risk))
    reached = approval_at_bad_rate(bad, risk, 0.08)
    assert 0.05 < reached < 1.0
    assert approval_point(bad, risk, reached).bad_rate == pytest.approx(0.08, abs=1e-9)


def test_approval_at_a_bad_rate_stops_at_the_first_judged_cut_that_is_too_bad():
    bad = np.r_[np.tile([0, 0, 0, 1], 50), np.zeros(1000, dtype=int)]
    assert approval_at_bad_rate(bad, np.arange(bad.size, dtype=float), 0.20) == 0.0
    assert bad.mean() < 0.20


def test_approval_at_the_bad_rate_of_everybody_approves_everybody():
    bad = np.tile([0, 0, 0, 1], 100)
    assert approval_at_bad_rate(bad, np.arange(400.0), 0.30) == 1.0


def test_approval_at_a_bad_rate_needs_thirty_bads():
    with pytest.raises(ValueError, match="at least 30 bads, not 2"):
        approval_at_bad_rate(np.array([0, 1, 0, 1]), np.arange(4.0), 0.1)


def test_exactly_the_rounded_number_of_applicants_is_approved_also_with_ties():
    assert approved_at(np.array([3.0, 1.0, 1.0, 1.0, 0.0]), 0.6).tolist() == [False, True, True, False, True]


def test_the_amount_of_rejected_goods_leaves_out_bads_approved_and_missing_amounts():
    approved = np.array([True, False, False, False])
    amount = np.array([100.0, 20.0, 3.0, np.nan])
    assert rejected_good_amount(np.array([0, 0, 1, 0]), approved, amount) == 20.0


def test_profit_rises_with_goods_and_falls_with_bads():
    bad, amount = np.array([0, 0, 1, 1]), np.array([100.0, 100.0, 100.0, 100.0])
    curve = expected_profit_curve(bad, np.arange(4.0), loss_given_default=0.5, return_on_good=0.1, amount=amount)
    at = {round(point.x, 2): point.y for point in curve}
    assert (at[0.0], at[0.5], at[1.0]) == (0.0, pytest.approx(0.05), pytest.approx(-0.20))


@LAW
@given(judged(), st.integers(1, 100), st.integers(1, 4))
def test_the_profit_at_one_approval_rate_is_that_of_the_curve_and_of_repeated_rows(case, percent, times):
    bad, risk = case
    loan = {"loss_given_default": 0.6, "return_on_good": 0.15}
    amount = 1.0 + np.arange(bad.size) % 3
    curve = expected_profit_curve(bad, risk, amount=amount, **loan)
    plain = expected_profit(bad, risk, percent / 100, amount=amount, **loan)
    assert plain == curve[percent].y
    weighted = expected_profit(bad, risk, percent / 100, amount=amount, weight=np.full(bad.size, times), **loan)
    again = [np.repeat(column, times) for column in (bad, risk, amount)]
    repeated = expected_profit(*again[:2], percent / 100, amount=again[2], **loan)
    assert (weighted, repeated) == (pytest.approx(plain, abs=1e-12), pytest.approx(plain, abs=1e-12))


def test_profit_of_tied_applicants_is_earned_in_part_and_a_missing_amount_is_nothing():
    loan = {"loss_given_default": 0.5, "return_on_good": 0.1}
    assert expected_profit(np.array([0, 1]), np.zeros(2), 0.5, **loan) == pytest.approx((0.1 - 0.5) / 4)
    amount = np.array([100.0, np.nan])
    assert expected_profit(np.array([0, 1]), np.arange(2.0), 1.0, amount=amount, **loan) == pytest.approx(0.1)


@pytest.mark.parametrize("amount", [np.zeros(4), np.full(4, np.nan), np.ones(3)])
def test_profit_without_amounts_to_compare_with_is_refused(amount):
    with pytest.raises(ValueError, match="amounts that add up to more than nothing"):
        expected_profit(
            np.array([0, 0, 1, 1]), np.arange(4.0), 0.5, loss_given_default=0.5, return_on_good=0.1, amount=amount
        )


def test_a_risk_that_tells_nothing_apart_earns_only_what_rejecting_everybody_would():
    found = emp(np.array([0, 1] * 50), np.zeros(100), no_loss=0.0, total_loss=1.0, return_on_good=0.2)
    assert found.profit == pytest.approx(0.5 - 0.2 * 0.5)
    assert found.rejection_share == pytest.approx(1.0)


def test_a_perfect_risk_rejects_the_bads_alone():
    found = emp(np.array([0, 0, 0, 1]), np.arange(4.0), no_loss=0.0, total_loss=1.0, return_on_good=0.2)
    assert (found.profit, found.rejection_share) == (pytest.approx(0.25), pytest.approx(0.25))
