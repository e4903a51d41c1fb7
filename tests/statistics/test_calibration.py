"""Calibration: Platt scaling finds what made the data, stays finite, and its checks say what they should."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from kingmaker.domain.thresholds import Calibration
from kingmaker.statistics.calibration import (
    apply_calibration,
    brier,
    calibration_bands,
    calibration_slope,
    fit_platt,
    intercept_shift_for_sampling,
    log_loss,
    mean_error,
    mean_error_spread,
    wilson_interval,
)

from .loan_books import LAW, judged


def _book(rows=40_000, intercept=-2.0, slope=0.7, seed=2):
    random = np.random.default_rng(seed)
    margin = random.normal(scale=1.5, size=rows)
    return margin, (random.uniform(size=rows) < expit(intercept + slope * margin)).astype(float)


def test_platt_scaling_finds_the_intercept_and_slope_that_made_the_data():
    found = fit_platt(*_book())
    assert (found.intercept, found.slope) == (pytest.approx(-2.0, abs=0.05), pytest.approx(0.7, abs=0.03))


def test_after_platt_scaling_the_mean_pd_is_the_bad_rate_and_the_slope_is_one():
    margin, bad = _book()
    pd = apply_calibration(fit_platt(margin, bad), margin)
    assert mean_error(pd, bad) == pytest.approx(0.0, abs=1e-9)
    assert calibration_slope(pd, bad).slope == pytest.approx(1.0, abs=1e-6)


def test_the_spreads_of_slope_and_mean_error_are_what_repeated_books_show():
    slopes, errors, told = [], [], []
    for seed in range(60):
        margin, bad = _book(rows=3_000, intercept=0.0, slope=1.0, seed=seed)
        pd = expit(margin)
        found = calibration_slope(pd, bad)
        slopes.append(found.slope)
        errors.append(mean_error(pd, bad))
        told.append((found.standard_error, mean_error_spread(pd, bad)))
    slope, error = np.mean(told, axis=0)
    assert slope == pytest.approx(np.std(slopes), rel=0.25)
    assert error == pytest.approx(np.std(errors), rel=0.25)


def test_the_slope_is_that_of_the_refit_and_its_spread_that_of_the_fisher_information():
    margin, bad = _book(rows=2_000)
    refit = fit_platt(margin, bad)
    design = np.column_stack([np.ones(margin.size), margin])
    pd = apply_calibration(refit, margin)
    information = design.T @ (design * (pd * (1.0 - pd))[:, None])
    found = calibration_slope(expit(margin), bad)
    assert found.slope == pytest.approx(refit.slope, rel=1e-9)
    assert found.standard_error == pytest.approx(np.sqrt(np.linalg.inv(information)[1, 1]), rel=1e-9)


def test_separable_data_give_a_finite_rising_calibration():
    margin, bad = np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0, 0, 1, 1])
    found = fit_platt(margin, bad)
    assert np.isfinite([found.intercept, found.slope]).all()
    assert found.slope > 0


@LAW
@given(judged(), st.floats(-5, 5), st.floats(0.1, 50))
def test_shifting_and_stretching_the_margin_changes_no_pd(case, shift, stretch):
    bad, margin = case
    margin[:2] = (0.5, -0.5)
    pd = apply_calibration(fit_platt(margin, bad), margin)
    moved = shift + stretch * margin
    assert apply_calibration(fit_platt(moved, bad), moved) == pytest.approx(pd, abs=1e-5)


@LAW
@given(judged())
def test_weights_of_two_are_rows_twice(case):
    bad, margin = case
    margin[:2] = (0.5, -0.5)
    weight = np.where(bad == 1, 2.0, 1.0)
    weighted = fit_platt(margin, bad, weight)
    repeated = fit_platt(np.repeat(margin, weight.astype(int)), np.repeat(bad, weight.astype(int)))
    assert apply_calibration(weighted, margin) == pytest.approx(apply_calibration(repeated, margin), abs=1e-6)


@pytest.mark.parametrize(
    ("margin", "sentence"), [([1.0, 1.0], "constant"), ([0.0, np.nan], "NaN"), ([0.0, np.inf], "finite")]
)
def test_a_margin_that_cannot_be_calibrated_is_refused(margin, sentence):
    with pytest.raises(ValueError, match=sentence):
        fit_platt(np.array(margin), np.array([0, 1]))


def test_a_pd_that_is_too_extreme_has_a_slope_below_one():
    margin, bad = _book(slope=1.0)
    assert calibration_slope(expit(-2.0 + 2.0 * margin), bad).slope == pytest.approx(0.5, abs=0.03)


def test_correcting_the_sampling_gives_the_pd_of_the_whole_book():
    margin, bad = _book()
    keep = (bad == 1) | (np.arange(bad.size) % 4 == 0)
    sampled = fit_platt(margin[keep], bad[keep])
    shifted = Calibration(intercept=sampled.intercept + intercept_shift_for_sampling(4.0), slope=sampled.slope)
    assert mean_error(apply_calibration(shifted, margin), bad) == pytest.approx(0.0, abs=0.03)


def test_the_mean_error_is_positive_when_the_pd_is_too_high():
    assert mean_error(np.full(10, 0.3), np.r_[np.ones(2), np.zeros(8)]) == pytest.approx(0.5)


def test_brier_and_log_loss_in_closed_form():
    pd, bad = np.array([0.2, 0.6]), np.array([0, 1])
    assert brier(pd, bad) == pytest.approx((0.04 + 0.16) / 2)
    assert log_loss(pd, bad) == pytest.approx(-(np.log(0.8) + np.log(0.6)) / 2)


def test_a_pd_outside_zero_and_one_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        brier(np.array([0.2, 1.2]), np.array([0, 1]))


@LAW
@given(judged())
def test_bands_hold_every_row_once_and_rise(case):
    bad, risk = case
    bands = calibration_bands(expit(risk), bad)
    assert sum(band.rows for band in bands) == bad.size
    assert 1 <= len(bands) <= 10
    assert all(a.mean_pd < b.mean_pd for a, b in pairwise(bands))
    assert all(band.low <= band.bad_rate <= band.high for band in bands)


def test_wilsons_interval_of_a_known_case_and_of_nothing():
    assert wilson_interval(0, 10) == (0.0, pytest.approx(0.27753, abs=1e-5))
    assert wilson_interval(0, 0) == (0.0, 1.0)
