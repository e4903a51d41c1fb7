"""Rows weighted by 1 / the chance of having been accepted: proportions count, and errors are those of the plain bootstrap."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kingmaker.statistics.approval import approval_at_bad_rate, approval_point
from kingmaker.statistics.discrimination import auc
from kingmaker.statistics.paired_bootstrap import bootstrap_standard_error, paired_bootstrap
from kingmaker.statistics.paired_tests import auc_standard_error, delong
from kingmaker.statistics.profit import expected_profit
from kingmaker.statistics.resampled_measures import ApprovalAtBadRate, BrierScore, ExpectedProfit, FalseKill

from .loan_books import drawn_rows, judged, rival_books, shared_books

LOAN = {"loss_given_default": 0.6, "return_on_good": 0.15}
MEASURES = (FalseKill(0.7), ApprovalAtBadRate(0.2), ExpectedProfit(0.7, **LOAN))
seeds = st.integers(0, 10_000)


def numbers(found):
    return found.champion, found.challenger, found.difference, found.standard_error, found.p_value


def weighted_books(seed, rows=400):
    random = np.random.default_rng(seed)
    return rival_books(rows, seed=seed), 1 / random.uniform(0.05, 1.0, size=rows)


@settings(max_examples=25, deadline=None)
@given(seeds, st.floats(1e-3, 1e3), st.booleans())
def test_equal_weights_are_no_weights_to_the_last_bit(seed, weight, shared):
    books = rival_books(900, seed=seed)  # of 300 loans some draw has fewer bads than an approval rate can be judged by
    customers = np.arange(900) // 3 if shared else None
    equal = {"weight": np.full(900, weight), "customers": customers}
    assert delong(*books, **equal) == delong(*books, customers=customers)
    assert auc_standard_error(*books[:2], **equal) == auc_standard_error(*books[:2], customers=customers)
    plan = {"measures": MEASURES, "draws": 20, "seed": seed}
    assert paired_bootstrap(*books, **plan, **equal) == paired_bootstrap(*books, **plan, customers=customers)


@settings(max_examples=25, deadline=None)
@given(seeds, st.floats(1e-3, 1e3), st.sampled_from(["every", "few"]))
@example(7273, 107.25, "few")  # a draw with exactly as many bads as are judged
def test_only_the_proportions_of_the_weights_matter(seed, factor, kind):
    books, customer, few = shared_books(600, seed=seed)
    weight = few if kind == "few" else weighted_books(seed, 600)[1]
    for customers in (None, customer):
        plain = delong(*books, weight=weight, customers=customers)
        scaled = delong(*books, weight=factor * weight, customers=customers)
        assert numbers(scaled) == pytest.approx(numbers(plain), rel=1e-9, abs=1e-12)
        plan = {"measures": MEASURES, "draws": 20, "seed": seed, "customers": customers}
        for one, other in zip(
            paired_bootstrap(*books, weight=weight, **plan),
            paired_bootstrap(*books, weight=factor * weight, **plan),
            strict=True,
        ):
            assert numbers(other)[:4] == pytest.approx(numbers(one)[:4], rel=1e-9, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(judged(smallest=8), seeds)
def test_the_weighted_auc_adds_up_all_pairs(case, seed):
    bad, risk = case
    bad[2:4], risk[:2] = (0, 1), (0, 1)
    weight = np.random.default_rng(seed).uniform(0.1, 5, size=bad.size)
    pairs = np.outer(weight[bad == 1], weight[bad == 0])
    order = np.sign(np.subtract.outer(risk[bad == 1], risk[bad == 0])) / 2 + 0.5
    expected = (pairs * order).sum() / pairs.sum()
    found = delong(bad, risk, -risk, weight=weight)
    assert found.champion == pytest.approx(expected, abs=1e-12)
    assert found.champion == pytest.approx(auc(bad, risk, weight), abs=1e-12)
    assert found.challenger == pytest.approx(1 - expected, abs=1e-12)


def test_every_measure_of_the_rows_themselves_is_the_plain_weighted_one():
    (bad, champion, challenger), weight = weighted_books(3, 3000)
    pds = [1 / (1 + np.exp(2 - risk)) for risk in (champion, challenger)]
    found = paired_bootstrap(bad, *pds, measures=(*MEASURES, BrierScore()), weight=weight, draws=2, seed=1)
    for pd, each in zip(pds, ([one.champion for one in found], [one.challenger for one in found]), strict=True):
        expected = [
            approval_point(bad, pd, 0.7, weight=weight).false_kill,
            approval_at_bad_rate(bad, pd, 0.2, weight=weight),
            expected_profit(bad, pd, 0.7, weight=weight, **LOAN),
            np.average((pd - bad) ** 2, weights=weight),
        ]
        assert each == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_delongs_errors_are_those_of_a_plain_bootstrap(shared, weighted):
    (bad, champion, challenger), customer, few = shared_books(1500)
    weight = few * weighted_books(1, 1500)[1] if weighted else np.ones(1500)
    customer = np.unique(customer, return_inverse=True)[1] if shared else np.arange(1500)
    drawn = []
    for times in drawn_rows(customer, draws=1500, seed=6):
        inside = times > 0
        mass = (times * weight)[inside]
        drawn.append([auc(bad[inside], risk[inside], mass) for risk in (champion, challenger)])
    aucs = np.array(drawn)
    found = delong(bad, champion, challenger, customers=customer, weight=weight)
    # A bootstrap of 1,500 draws knows a standard error to 1.8 %.
    assert found.standard_error == pytest.approx((aucs[:, 1] - aucs[:, 0]).std(ddof=1), rel=0.06)
    one = auc_standard_error(bad, champion, customers=customer, weight=weight)
    assert one == pytest.approx(aucs[:, 0].std(ddof=1), rel=0.06)


def test_heavier_tails_of_the_weights_cost_precision():
    books, weight = weighted_books(4, 3000)
    assert delong(*books, weight=weight**2).standard_error > delong(*books, weight=weight).standard_error
    assert delong(*books, weight=weight).standard_error > delong(*books).standard_error


def test_weighting_undoes_a_selection_that_the_weights_describe():
    bad, champion, challenger = rival_books(60_000, rival=1.5)
    accepted = 1 / (1 + np.exp(2.0 * champion))
    kept = np.random.default_rng(9).uniform(size=bad.size) < accepted
    whole, told = delong(bad, champion, challenger), delong(bad[kept], champion[kept], challenger[kept])
    freed = delong(bad[kept], champion[kept], challenger[kept], weight=np.minimum(1 / accepted[kept], 200.0))
    assert abs(freed.champion - whole.champion) < 3 * auc_standard_error(
        bad[kept], champion[kept], weight=np.minimum(1 / accepted[kept], 200.0)
    )
    assert abs(told.champion - whole.champion) > 0.02
    assert abs(freed.difference - whole.difference) < 3 * freed.standard_error


@pytest.mark.parametrize("weight", [np.zeros(200), np.full(200, np.nan), np.full(200, -1.0), np.ones(199)])
def test_weights_that_are_not_positive_are_refused(weight):
    books = rival_books(200)
    with pytest.raises(ValueError, match="weights must be positive"):
        delong(*books, weight=weight)
    with pytest.raises(ValueError, match="weights must be positive"):
        paired_bootstrap(*books, measures=[FalseKill(0.7)], weight=weight, draws=10, seed=1)
    with pytest.raises(ValueError, match="weights must be positive"):
        bootstrap_standard_error(*books[:2], measure=FalseKill(0.7), weight=weight, draws=10, seed=1)
