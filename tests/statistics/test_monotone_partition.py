"""The monotone partition is feasible, and as good as the best that trying everything finds."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.statistics.monotone_partition import Limits, Objective, Trend, monotone_partition

counts = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)), min_size=1, max_size=9)


def information_value(goods, bads):
    good, bad = goods / goods.sum(), bads / bads.sum()
    return float(((good - bad) * np.log(good / bad)).sum())


def binned(values, cuts):
    return np.add.reduceat(np.asarray(values, dtype=float), [0, *cuts])


def feasible(goods, bads, cuts, limits, trend):
    good, bad = binned(goods, cuts), binned(bads, cuts)
    rows = good + bad
    if (bad < limits.min_bads).any() or (good <= 0).any() or (rows < limits.min_share * rows.sum()).any():
        return False
    rate = bad / rows
    for i, j in pairwise(range(rate.size)):
        rise = (rate[j] - rate[i]) * (1 if trend is Trend.UP else -1)
        pooled = (bad[i] + bad[j]) / (rows[i] + rows[j])
        error = np.sqrt(pooled * (1 - pooled) * (1 / rows[i] + 1 / rows[j]))
        if rise <= 1e-12 or rise < limits.min_z * error:
            return False
    return True


@settings(max_examples=80, deadline=None)
@given(counts, st.integers(1, 5), st.sampled_from([0.0, 0.1]), st.integers(1, 5), st.sampled_from([0.0, 1.0]))
def test_nothing_feasible_is_better(table, max_bins, min_share, min_bads, min_z):
    goods, bads = np.array(table, dtype=float).T
    if goods.sum() == 0 or bads.sum() == 0:
        return
    limits = Limits(max_bins=max_bins, min_share=min_share, min_bads=min_bads, min_z=min_z)
    for trend in (Trend.UP, Trend.DOWN):
        every = [
            information_value(binned(goods, cuts), binned(bads, cuts))
            for size in range(max_bins)
            for cuts in combinations(range(1, goods.size), size)
            if feasible(goods, bads, cuts, limits, trend)
        ]
        found = monotone_partition(goods, bads, limits=limits, trend=trend)
        if not every:
            assert found.cuts == ()
            continue
        assert feasible(goods, bads, found.cuts, limits, trend)
        assert len(found.cuts) < max_bins
        assert found.value == pytest.approx(max(every), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(counts)
def test_reading_the_bins_backwards_turns_the_trend(table):
    goods, bads = np.array(table, dtype=float).T
    if goods.sum() == 0 or bads.sum() == 0:
        return
    limits = Limits(max_bins=4)
    up = monotone_partition(goods, bads, limits=limits, trend=Trend.UP)
    down = monotone_partition(goods[::-1], bads[::-1], limits=limits, trend=Trend.DOWN)
    assert up.value == pytest.approx(down.value, abs=1e-9)


def test_auto_takes_the_better_trend():
    falling = monotone_partition(np.array([10, 20, 40]), np.array([10, 8, 4]), limits=Limits(max_bins=3))
    assert (falling.trend, falling.cuts) == (Trend.DOWN, (1, 2))


def test_without_anything_to_tell_apart_everything_is_one_bin():
    flat = monotone_partition(np.full(5, 50.0), np.full(5, 5.0), limits=Limits(max_bins=5))
    assert (flat.cuts, flat.value) == ((), 0.0)


def test_neighbours_that_differ_by_chance_only_are_not_parted():
    goods, bads = np.array([90.0, 88.0, 40.0]), np.array([10.0, 12.0, 60.0])
    assert monotone_partition(goods, bads, limits=Limits(max_bins=3, min_z=1.64)).cuts == (2,)
    assert monotone_partition(goods, bads, limits=Limits(max_bins=3)).cuts == (1, 2)


def test_the_likelihood_may_be_maximised_instead():
    goods, bads = np.array([90.0, 70.0, 40.0]), np.array([10.0, 30.0, 60.0])
    found = monotone_partition(goods, bads, limits=Limits(max_bins=3), objective=Objective.LOG_LIKELIHOOD)
    rate = bads / 100
    assert found.value == pytest.approx(float((goods * np.log(1 - rate) + bads * np.log(rate)).sum()))


@pytest.mark.parametrize(
    ("goods", "bads"), [([1.0], [0.0]), ([-1.0, 2.0], [1.0, 1.0]), ([1.0] * 65, [1.0] * 65), ([], [])]
)
def test_counts_that_cannot_be_partitioned_are_refused(goods, bads):
    with pytest.raises(ValueError, match=r"pre-bins|goods and bads"):
        monotone_partition(np.array(goods), np.array(bads), limits=Limits(max_bins=3))
