"""Drawing totals of alike customers is the plain bootstrap: the same measures of a draw, and the same distribution of draws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.statistics.approval import approval_at_bad_rate, approval_point, false_kill_around
from kingmaker.statistics.calibration import brier
from kingmaker.statistics.drawn_customers import FEWEST_ALIKE, drawn, units
from kingmaker.statistics.paired_bootstrap import paired_bootstrap
from kingmaker.statistics.profit import expected_profit
from kingmaker.statistics.resampled_measures import (
    ApprovalAtBadRate,
    BrierScore,
    ExpectedProfit,
    FalseKill,
    FalseKillAround,
)
from kingmaker.statistics.resampling import Resampling
from kingmaker.statistics.risk_order import risk_order

from .loan_books import drawn_rows, judged, rival_books, shared_books

LOAN = {"loss_given_default": 0.6, "return_on_good": 0.15}


def measured(measure, bad, risk, times):
    """A measure in the draw that holds each row so many times, read as a resample is: [n] counts to one number."""
    rows = risk_order(bad.astype(float), risk, np.ones(bad.size), np.arange(bad.size))
    read = [
        reading.of(np.array([[added @ times for added in reading.sums]]).reshape(1, -1), times[None, reading.near])
        for reading in measure.readings(rows)
    ]
    return float(measure.of(*read)[0])


@settings(max_examples=60, deadline=None)
@given(judged(smallest=10), st.floats(0.05, 1.0))
def test_a_measure_of_a_draw_is_the_plain_measure_of_the_repeated_rows(case, approval_rate):
    bad, risk = case
    times = np.random.default_rng(0).integers(0, 3, size=bad.size)
    times[:2] = 1
    again = np.repeat(bad, times), np.repeat(risk, times)
    expected = {
        FalseKill(approval_rate): approval_point(*again, approval_rate).false_kill,
        FalseKillAround(approval_rate): false_kill_around(*again, approval_rate),
        ExpectedProfit(approval_rate, **LOAN): expected_profit(*again, approval_rate, **LOAN),
    }
    for measure, plain in expected.items():
        assert measured(measure, bad, risk, times.astype(float)) == pytest.approx(plain, abs=1e-12)


@pytest.mark.parametrize("decimals", [1, 8])
def test_every_measure_of_a_large_draw_is_that_of_the_repeated_rows(decimals):
    bad, risk, _ = rival_books(8_000)
    pd = (1 / (1 + np.exp(2 - risk))).round(decimals + 1)
    amount = np.random.default_rng(2).lognormal(9, 1, size=bad.size)
    for times in drawn_rows(np.arange(bad.size), draws=3, seed=3):
        again = np.repeat(bad, times), np.repeat(pd, times)
        profit = expected_profit(*again, 0.7, amount=np.repeat(amount, times), **LOAN)
        expected = (
            (FalseKill(0.7), approval_point(*again, 0.7).false_kill),
            (FalseKillAround(0.97), false_kill_around(*again, 0.97)),
            (ApprovalAtBadRate(0.1), approval_at_bad_rate(*again, 0.1)),
            (BrierScore(), brier(again[1], again[0])),
            (ExpectedProfit(0.7, amount=amount, **LOAN), profit),
        )
        for measure, plain in expected:
            assert measured(measure, bad, pd, times.astype(float)) == pytest.approx(plain, abs=1e-10)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shared", [False, True])
def test_draws_of_totals_are_distributed_as_draws_of_customers(shared, weighted):
    books, customer, weight = shared_books(2500)
    customer, weight = customer if shared else np.arange(weight.size), weight if weighted else np.ones(weight.size)
    customer = np.unique(customer, return_inverse=True)[1]
    plain = []
    for times in drawn_rows(customer, draws=500, seed=1):
        inside = times > 0
        mass = (times * weight)[inside]
        bad, champion, challenger = (column[inside] for column in books)
        points = [approval_point(bad, risk, 0.7, weight=mass).false_kill for risk in (champion, challenger)]
        profits = [expected_profit(bad, risk, 0.7, weight=mass, **LOAN) for risk in (champion, challenger)]
        plain.append((points[1] - points[0], profits[1] - profits[0]))
    found = paired_bootstrap(
        *books,
        measures=[FalseKill(0.7), ExpectedProfit(0.7, **LOAN)],
        customers=customer,
        weight=weight,
        draws=2000,
        seed=2,
    )
    for one, each in zip(found, np.array(plain).T, strict=True):
        error = each.std(ddof=1)
        assert one.standard_error == pytest.approx(error, rel=0.1)
        assert one.low == pytest.approx(np.quantile(each, 0.05), abs=0.25 * error)
        assert one.high == pytest.approx(np.quantile(each, 0.95), abs=0.25 * error)


def test_amounts_are_those_of_the_rows_that_are_compared():
    bad, champion, challenger = rival_books(400)
    amount = np.random.default_rng(3).lognormal(9, 1, size=400)
    (found,) = paired_bootstrap(
        bad, champion, challenger, measures=[ExpectedProfit(0.7, amount=amount, **LOAN)], draws=2, seed=1
    )
    assert found.champion == pytest.approx(expected_profit(bad, champion, 0.7, amount=amount, **LOAN), abs=1e-12)
    assert found.challenger == pytest.approx(expected_profit(bad, challenger, 0.7, amount=amount, **LOAN), abs=1e-12)
    with pytest.raises(ValueError, match="an amount for each row"):
        paired_bootstrap(
            bad, champion, challenger, measures=[ExpectedProfit(0.7, amount=amount[1:], **LOAN)], draws=2, seed=1
        )


def test_most_customers_are_drawn_as_totals_where_only_a_cut_matters_and_none_where_every_loan_does():
    bad, risk, _ = rival_books(100_000)
    rows = risk_order(bad, risk, np.ones(bad.size), np.arange(bad.size))
    assert Resampling(FalseKill(0.7).readings(rows), rows.customer).one_by_one < 5_000
    loans = ExpectedProfit(0.7, amount=np.random.default_rng(1).uniform(size=bad.size), **LOAN)
    assert Resampling(loans.readings(rows), rows.customer).one_by_one == 100_000


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([50, 1000]), st.integers(1, 3))
def test_customers_of_one_unit_are_equal_in_every_column_and_the_asked_are_alone(seed, customers, columns):
    random = np.random.default_rng(seed)
    values, asked = random.integers(0, 3, size=(customers, columns)).astype(float), random.uniform(size=customers) < 0.2
    found = units(values, asked)
    assert (values == values[found.first][found.of_customer]).all()
    assert (found.of_customer[asked] < found.single).all()
    assert found.size.sum() == customers
    assert (found.size[: found.single] == 1).all()
    assert (found.size[found.single :] >= FEWEST_ALIKE).all()
    backwards = units(values[:, ::-1], asked)
    assert (backwards.of_customer == found.of_customer).all()


def test_as_many_customers_are_drawn_as_there_are_and_each_as_often():
    values = np.repeat([0.0, 1.0, 2.0], [300, 200, 100])[:, None]
    found = units(values, np.arange(600) % 4 == 0)
    counts = np.concatenate(list(drawn(found, 2000, 7, 10)))
    assert counts.shape == (2000, 153)
    assert (counts.sum(axis=1) == 600).all()
    share = found.size / 600
    assert counts.mean(axis=0) == pytest.approx(found.size, rel=0.1)
    assert counts[:, -3:].var(axis=0) == pytest.approx((600 * share * (1 - share))[-3:], rel=0.1)
    assert counts[:, :150].var() == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.98, 1.0])
def test_the_window_of_a_cut_holds_the_cut_of_every_draw(share):
    (bad, risk, _), customer, weight = shared_books(6000)
    customer = np.unique(customer, return_inverse=True)[1]
    rows = risk_order(bad, risk, weight / weight.mean(), customer)
    first, last = rows.window(share)
    for times in drawn_rows(customer, draws=200, seed=4):
        mass = np.append(0.0, np.cumsum((times * rows.weight)[rows.order]))[rows.bounds]
        assert mass[first] <= share * mass[-1] + 1e-9
        assert mass[last] >= share * mass[-1] - 1e-9


def test_the_window_allows_for_one_customer_who_owns_a_third_of_all():
    bad, risk, _ = rival_books(900)
    customer = np.r_[np.zeros(300, dtype=int), np.arange(1, 601)]
    rows = risk_order(bad, risk, np.ones(900), customer)
    assert rows.window(0.7) == (0, rows.bounds.size - 1)
