"""The e-process: rarely wrong however often one looks, finds a real gain, and goes on where it stopped."""

import json
from dataclasses import asdict
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kingmaker.statistics.e_process import EProcess

from .loan_books import LAW

PATHS, LENGTH, ALPHA = 2000, 800, 0.05
differences = st.lists(st.floats(-1.0, 1.0), max_size=40).map(np.array)


def independent(random):
    return random.uniform(-1.0, 1.0, LENGTH)


def skewed(random):
    """Many small gains and few large losses, as when pds are compared on rare bads."""
    return np.where(random.uniform(size=LENGTH) < 0.05, -0.95, 0.05)


def heteroscedastic(random):
    return random.normal(size=LENGTH).clip(-1, 1) * np.geomspace(0.001, 1.0, LENGTH)


def clustered(random):
    """Without an expectation given the past, yet the size of each depends on the one before."""
    signs = np.where(random.uniform(size=LENGTH) < 0.5, -1.0, 1.0)
    sizes = np.abs(np.convolve(random.normal(size=LENGTH), np.full(10, 0.3), mode="same")).clip(0, 1)
    return signs * sizes


def larger_after_gains(random):
    """A gain doubles the next difference: dependent on the past, and fair at each step."""
    found, size = np.empty(LENGTH), 0.1
    for i, up in enumerate(random.uniform(size=LENGTH) < 0.5):
        found[i] = size if up else -size
        size = min(1.0, 2.0 * size) if up else 0.1
    return found


def worse_challenger(random):
    return (random.normal(size=LENGTH) * 0.1 - 0.005).clip(-1, 1)


@pytest.mark.parametrize(
    "null", [independent, skewed, heteroscedastic, clustered, larger_after_gains, worse_challenger]
)
def test_without_a_gain_it_ever_passes_as_seldom_as_it_says(null):
    random = np.random.default_rng(7)
    passed = np.mean([EProcess().after(null(random)).passes(ALPHA) for _ in range(PATHS)])
    assert passed <= ALPHA + 3.0 * sqrt(ALPHA * (1.0 - ALPHA) / PATHS)


def brier_differences(random, rows, noise_champion, noise_challenger):
    risk = random.normal(size=rows)
    bad = random.uniform(size=rows) < 1.0 / (1.0 + np.exp(2.4 - risk))

    def loss(noise):
        pd = 1.0 / (1.0 + np.exp(2.35 - 0.75 * (risk + noise * random.normal(size=rows))))
        return (bad - pd) ** 2

    return loss(noise_champion) - loss(noise_challenger)


def test_a_challenger_with_less_noise_is_found():
    random = np.random.default_rng(3)
    found = [EProcess().after(brier_differences(random, 10_000, 0.9, 0.6)).passes(ALPHA) for _ in range(40)]
    assert np.mean(found) >= 0.9


def test_against_a_worse_challenger_the_evidence_grows_with_the_sign_turned():
    worse = brier_differences(np.random.default_rng(3), 20_000, 0.6, 0.9)
    assert not EProcess().after(worse).passes(ALPHA)
    assert EProcess().after(-worse).passes(0.001)


@LAW
@given(differences, st.lists(st.integers(0, 40), max_size=4))
def test_cutting_the_days_differently_changes_nothing(found, cuts):
    once = EProcess().after(found)
    state = EProcess()
    for batch in np.split(found, sorted(min(cut, found.size) for cut in cuts)):
        state = EProcess(**json.loads(json.dumps(asdict(state)))).after(batch)
    assert state == once


@LAW
@given(differences)
def test_the_wealth_is_positive_and_the_largest_is_kept(found):
    state, largest = EProcess(), 1.0
    for one in found:
        state = state.after(np.array([one]))
        largest = max(largest, state.e_value)
    assert state.e_value > 0.0
    assert state.largest == pytest.approx(largest)
    assert state.rows == found.size


def test_the_first_bets_in_closed_form():
    # Nothing is bet on the first; then 0.5 / (1 + 0.25) of the wealth.
    assert EProcess().after(np.array([0.5])).e_value == 1.0
    assert EProcess().after(np.array([0.5, 1.0])).e_value == pytest.approx(1.4)
    assert EProcess().after(np.array([0.5, -1.0])).e_value == pytest.approx(0.6)


def test_what_once_passed_has_passed_however_it_goes_on():
    passed = EProcess().after(np.full(30, 0.5))
    assert passed.passes(ALPHA)
    fallen = passed.after(np.full(30, -0.5))
    assert fallen.e_value < 1.0 / ALPHA <= fallen.largest
    assert fallen.passes(ALPHA)


def test_no_loans_change_nothing():
    state = EProcess().after(np.array([0.5, 0.2]))
    assert state.after(np.array([])) == state


def test_overwhelming_evidence_stays_a_number():
    state = EProcess().after(np.ones(100_000))
    assert np.isfinite(state.e_value)
    assert np.isfinite(state.largest)


@pytest.mark.parametrize("value", [1.0001, -1.5, float("nan"), float("inf")])
def test_a_difference_outside_its_bounds_is_refused(value):
    with pytest.raises(ValueError, match="between -1 and 1"):
        EProcess().after(np.array([0.1, value]))
    with pytest.raises(ValueError, match="one dimension"):
        EProcess().after(np.zeros((2, 2)))


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, float("nan")])
def test_an_error_rate_that_is_none_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha"):
        EProcess().passes(alpha)
