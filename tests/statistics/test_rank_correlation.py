"""Spearman's rank correlation against scipy's."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.stats import spearmanr

from kingmaker.statistics.ordering import rank_correlation

PAIRS = some.lists(some.tuples(some.integers(-5, 5), some.integers(-5, 5)), min_size=2, max_size=40)


@settings(deadline=None, max_examples=100)
@given(PAIRS)
def test_it_is_what_scipy_says_ties_included(pairs: list[tuple[int, int]]) -> None:
    one, other = np.array(pairs, dtype=float).T
    found = rank_correlation(one, other)
    if np.ptp(one) and np.ptp(other):
        assert found == pytest.approx(float(spearmanr(one, other).statistic), abs=1e-12)
    else:
        assert math.isnan(found)
