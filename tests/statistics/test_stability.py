"""Population stability: nothing moved reads about zero, what moved does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from kingmaker.statistics.stability import category_stability, population_stability, stability_of_counts

from .loan_books import LAW


def test_two_samples_of_one_population_read_about_zero_after_the_correction():
    random = np.random.default_rng(4)
    found = [population_stability(random.normal(size=10_000), random.normal(size=500)) for _ in range(300)]
    assert np.mean([one.psi for one in found]) > 0.015
    assert np.mean([one.corrected for one in found]) == pytest.approx(0.0, abs=0.002)
    assert 0.02 <= np.mean([one.p_value < 0.05 for one in found]) <= 0.09


@pytest.mark.parametrize(
    ("bins", "expected", "actual"), [(10, 10_000, 1000), (10, 2000, 2000), (20, 8000, 1500), (5, 900, 600)]
)
def test_without_a_change_the_mean_and_the_tail_of_the_index_are_those_of_its_closed_form(bins, expected, actual):
    random = np.random.default_rng(12)
    shares = np.linspace(1.0, 2.0, bins) / np.linspace(1.0, 2.0, bins).sum()
    sides = random.multinomial(expected, shares, size=2000), random.multinomial(actual, shares, size=2000)
    found = [stability_of_counts(before, after) for before, after in zip(*sides, strict=True)]
    noise = 1 / expected + 1 / actual
    psi = np.array([one.psi for one in found])
    assert psi.mean() == pytest.approx((bins - 1) * noise, rel=0.04)
    assert psi.var() == pytest.approx(2 * (bins - 1) * noise**2, rel=0.15)
    assert np.mean([one.corrected for one in found]) == pytest.approx(0.0, abs=0.04 * (bins - 1) * noise)
    assert (psi > chi2.isf(0.05, bins - 1) * noise).mean() == pytest.approx(0.05, abs=0.015)
    assert np.mean([one.p_value < 0.05 for one in found]) == pytest.approx(0.05, abs=0.015)


def test_a_shift_is_found():
    random = np.random.default_rng(4)
    found = population_stability(random.normal(size=5000), 0.7 + random.normal(size=5000))
    assert found.corrected > 0.25
    assert found.p_value < 1e-6


def test_missing_values_that_appear_are_found():
    reference = np.arange(1000.0)
    later = np.where(np.arange(1000) % 3 == 0, np.nan, reference)
    assert population_stability(reference, later).corrected > 0.25


def test_values_off_a_constant_reference_are_found_on_both_sides():
    reference = np.full(1000, 5.0)
    assert population_stability(reference, reference).psi == 0.0
    for moved in (4.0, 6.0):
        assert population_stability(reference, np.r_[reference[:800], np.full(200, moved)]).corrected > 0.25


def test_an_empty_bin_does_not_make_it_infinite():
    found = stability_of_counts(np.array([500, 500, 0]), np.array([500, 400, 100]))
    assert np.isfinite(found.psi)
    assert found.bins == 3


def test_the_index_and_its_p_value_in_closed_form():
    found = stability_of_counts(np.array([60, 40]), np.array([50, 50]))
    before, after = np.array([60.5, 40.5]) / 101, np.array([50.5, 50.5]) / 101
    psi = float(((after - before) * np.log(after / before)).sum())
    assert (found.psi, found.corrected) == (pytest.approx(psi), pytest.approx(psi - 0.02))
    assert found.p_value == pytest.approx(chi2.sf(psi / 0.02, 1))


@LAW
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=2, max_size=12))
def test_with_equal_sides_it_does_not_matter_which_comes_first(table):
    expected, actual = np.array(table).T
    if expected.sum() == 0 or actual.sum() == 0:
        return
    forth, back = stability_of_counts(expected, actual), stability_of_counts(actual, expected)
    assert forth.psi == pytest.approx(back.psi)
    assert forth.psi >= 0.0
    assert 0.0 <= forth.p_value <= 1.0


def test_a_new_level_of_a_category_is_found():
    reference = np.array(["a", "b"] * 500)
    later = np.array(["a", "b", "new", "b"] * 250)
    assert category_stability(reference, reference).psi == 0.0
    assert category_stability(reference, later).corrected > 0.25


def test_rare_levels_share_one_bin():
    reference = np.array([f"level {i}" for i in range(100) for _ in range(100 - i)])
    assert category_stability(reference, reference).bins == 21


def test_an_empty_side_is_refused():
    with pytest.raises(ValueError, match="rows on both sides"):
        population_stability(np.arange(10.0), np.array([]))
