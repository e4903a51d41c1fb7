"""Readings from counts alone."""

from math import inf, isclose

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.statistics.counted import bucket_quantile, chance_of_rate, stability_of_shares, times_as_many
from kingmaker.statistics.stability import stability_of_counts

COUNTS = st.lists(st.integers(0, 500), min_size=2, max_size=12).filter(lambda counts: sum(counts) > 0)


@given(COUNTS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=50)
def test_a_reference_of_shares_is_the_reference_of_their_counts(counts: list[int], random):
    expected = np.array(counts)
    actual = np.array(random.sample(counts, len(counts)))
    shares = stability_of_shares(expected / expected.sum(), int(expected.sum()), actual)
    assert shares == stability_of_counts(expected, actual)


def test_a_rate_as_expected_is_chance_and_one_far_off_is_none():
    assert chance_of_rate(50, 100, 0.5) == 1.0
    assert isclose(chance_of_rate(60, 100, 0.5), 0.0455, abs_tol=1e-4)
    assert chance_of_rate(900, 1000, 0.5) < 1e-9
    assert chance_of_rate(0, 0, 0.5) == 1.0
    assert (chance_of_rate(0, 10, 0.0), chance_of_rate(1, 10, 0.0)) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("counts", "share", "quantile"),
    [
        ([5, 5, 0], 0.5, 1.0),
        ([5, 5, 0], 0.51, 2.0),
        ([0, 0, 1], 0.5, inf),
        ([0, 0, 0], 0.5, None),
        ([99, 1, 0], 0.99, 1.0),
    ],
)
def test_a_quantile_is_told_as_the_bound_of_its_bucket(counts: list[int], share: float, quantile: float | None):
    assert bucket_quantile([1.0, 2.0], counts, share) == quantile


def test_half_as_many_is_as_far_as_twice_as_many():
    assert times_as_many(50, 100) == times_as_many(200, 100) == 2.0
    assert (times_as_many(0, 100), times_as_many(0, 0), times_as_many(1, 0)) == (inf, 1.0, inf)
