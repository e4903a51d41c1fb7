"""What must not change a comparison: any rising transform of a risk, and which of the two models is called the champion."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.statistics.approval import approval_at_bad_rate, approval_point, approved_at
from kingmaker.statistics.paired_bootstrap import bootstrap_standard_error, paired_bootstrap
from kingmaker.statistics.paired_tests import auc_standard_error, delong
from kingmaker.statistics.resampled_measures import ApprovalAtBadRate, ExpectedProfit, FalseKill, FalseKillAround
from kingmaker.statistics.swap_set import swap_set

from .loan_books import shared_books

LAW = settings(max_examples=30, deadline=None)
RANKED = (FalseKill(0.7), FalseKillAround(0.6), ApprovalAtBadRate(0.2), ExpectedProfit(0.5, 0.6, 0.15))
TRANSFORMS = {
    "scaled": lambda risk: 0.25 * risk - 3.0,
    "exponential": np.exp,
    "logistic": lambda risk: 1 / (1 + np.exp(2.0 - risk)),
    "cubed": lambda risk: risk**3,
    "ranked": lambda risk: np.unique(risk, return_inverse=True)[1].astype(float),
}
rising = st.sampled_from(sorted(TRANSFORMS)).map(TRANSFORMS.get)


@st.composite
def comparisons(draw):
    """Outcomes and two risks, with many ties or few; and what may come with them: customers, weights."""
    books, customer, weight = shared_books(400, seed=draw(st.integers(0, 10_000)))
    bad, champion, challenger = books
    decimals = draw(st.sampled_from([0, 1, 5]))
    options = {
        "customers": customer if draw(st.booleans()) else None,
        "weight": weight if draw(st.booleans()) else None,
    }
    return (bad, champion.round(decimals), challenger.round(decimals)), options


@LAW
@given(comparisons(), rising, rising)
def test_a_rising_transform_of_either_risk_changes_nothing_that_depends_on_rank(case, one, other):
    (bad, champion, challenger), options = case
    moved = bad, one(champion), other(challenger)
    assert delong(*moved, **options) == delong(bad, champion, challenger, **options)
    assert auc_standard_error(*moved[:2], **options) == auc_standard_error(bad, champion, **options)
    plan = {"measures": RANKED, "draws": 10, "seed": 1, **options}
    assert paired_bootstrap(*moved, **plan) == paired_bootstrap(bad, champion, challenger, **plan)


@LAW
@given(comparisons(), rising, st.floats(0.05, 1.0))
def test_a_rising_transform_moves_nobody_across_a_cut(case, transform, approval_rate):
    (bad, champion, challenger), options = case
    weight, moved = options["weight"], transform(champion)
    assert approval_point(bad, moved, approval_rate, weight=weight) == approval_point(
        bad, champion, approval_rate, weight=weight
    )
    assert approval_at_bad_rate(bad, moved, 0.2, weight=weight) == approval_at_bad_rate(
        bad, champion, 0.2, weight=weight
    )
    assert (approved_at(moved, approval_rate) == approved_at(champion, approval_rate)).all()
    assert swap_set(bad, moved, transform(challenger), approval_rate) == swap_set(
        bad, champion, challenger, approval_rate
    )


@LAW
@given(comparisons())
def test_swapping_the_models_flips_every_difference_and_keeps_its_standard_error(case):
    (bad, champion, challenger), options = case
    plan = {"measures": RANKED, "draws": 40, "seed": 3, **options}
    forth = [delong(bad, champion, challenger, **options), *paired_bootstrap(bad, champion, challenger, **plan)]
    back = [delong(bad, challenger, champion, **options), *paired_bootstrap(bad, challenger, champion, **plan)]
    for one, other in zip(forth, back, strict=True):
        assert (other.champion, other.challenger) == pytest.approx((one.challenger, one.champion), abs=1e-12)
        assert other.difference == pytest.approx(-one.difference, abs=1e-12)
        assert other.standard_error == pytest.approx(one.standard_error, rel=1e-9, abs=1e-12)
    for one, other in zip(forth[1:], back[1:], strict=True):
        assert (other.low, other.high) == pytest.approx((-one.high, -one.low), abs=1e-12)


@LAW
@given(comparisons(), st.floats(0.05, 1.0))
def test_swapping_the_models_swaps_who_comes_in_and_who_goes_out(case, approval_rate):
    (bad, champion, challenger), _ = case
    forth = {cell.cell: cell for cell in swap_set(bad, champion, challenger, approval_rate)}
    back = {cell.cell: cell for cell in swap_set(bad, challenger, champion, approval_rate)}
    for one, other in (("swap_in", "swap_out"), ("swap_out", "swap_in")):
        assert (forth[one].rows, forth[one].bad_rate) == (back[other].rows, back[other].bad_rate)
    assert forth["both_approve"] == back["both_approve"]
    assert forth["both_decline"] == back["both_decline"]


def test_large_books_are_drawn_alike_whatever_the_scale_and_the_order_of_the_models():
    (bad, champion, challenger), customer, weight = shared_books(20_000)
    plan = {"measures": RANKED[:2], "draws": 50, "seed": 8, "customers": customer, "weight": weight}
    plain = paired_bootstrap(bad, champion, challenger, **plan)
    assert paired_bootstrap(bad, np.exp(champion), challenger**3, **plan) == plain
    back = paired_bootstrap(bad, challenger, champion, **plan)
    for one, other in zip(plain, back, strict=True):
        assert other.difference == pytest.approx(-one.difference, abs=1e-12)
        assert other.standard_error == pytest.approx(one.standard_error, rel=1e-9)
    error = {"measure": FalseKill(0.7), "draws": 50, "seed": 8, "weight": weight}
    assert bootstrap_standard_error(bad, np.exp(champion), **error) == bootstrap_standard_error(bad, champion, **error)
