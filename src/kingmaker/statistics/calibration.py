"""From margin to pd, and whether a pd means what it says: Platt scaling, slope, mean error, Brier score and bands."""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from scipy.special import expit, logit, xlogy

from kingmaker.domain.evidence import CalibrationBand
from kingmaker.domain.thresholds import Calibration
from kingmaker.statistics.arrays import Floats, Numbers, outcomes, probabilities, risks, weights

RIDGE = 1e-6
"""Penalty on the slope of the standardised margin: keeps separable data finite and moves nothing else that matters."""
NORMAL_95 = 1.959963984540054
SMALLEST_PD = 1e-12


def fit_platt(margin: Numbers, bad: Numbers, weight: Numbers | None = None) -> Calibration:
    """Platt scaling of `margin` (log-odds of bad) by maximum likelihood; deterministic, finite on separable data.

    Raises ValueError on NaN, infinite or constant margins and on a single class.
    """
    outcome = outcomes(bad)
    mass = weights(weight, outcome.size)
    values = risks(margin, outcome.size)
    if not np.isfinite(values).all():
        raise ValueError("margins must be finite to be calibrated")
    centre = float(np.average(values, weights=mass))
    spread = sqrt(float(np.average((values - centre) ** 2, weights=mass)))
    if spread <= 1e-12 * max(1.0, abs(centre)):
        raise ValueError("the margin is constant: there is nothing to calibrate")
    intercept, slope = _fit_logistic((values - centre) / spread, outcome, mass)
    return Calibration(intercept=intercept - slope * centre / spread, slope=slope / spread)


def _fit_logistic(x: Floats, bad: Floats, mass: Floats) -> tuple[float, float]:
    """Newton's method with halved steps on the log-likelihood of intercept and slope, minus RIDGE slope² / 2."""
    at = np.array([log((mass @ bad) / (mass @ (1.0 - bad))), 0.0])
    height = _log_likelihood(at, x, bad, mass)
    for _ in range(100):
        pd = expit(at[0] + at[1] * x)
        left = mass * (bad - pd)
        gradient = np.array([left.sum(), left @ x - RIDGE * at[1]])
        curve = mass * pd * (1.0 - pd)
        cross = curve @ x
        step = np.linalg.solve(np.array([[curve.sum(), cross], [cross, curve @ (x * x) + RIDGE]]), gradient)
        length = 1.0
        while (reached := _log_likelihood(at + length * step, x, bad, mass)) < height and length > 1e-10:
            length /= 2.0
        at, gain, height = at + length * step, reached - height, reached
        if gain <= 1e-13 * (1.0 + abs(height)) and float(np.abs(length * step).max()) < 1e-9:
            break
    return float(at[0]), float(at[1])


def _log_likelihood(at: Floats, x: Floats, bad: Floats, mass: Floats) -> float:
    margin = at[0] + at[1] * x
    return float(mass @ (bad * margin - np.logaddexp(0.0, margin)) - RIDGE * at[1] ** 2 / 2.0)


def apply_calibration(calibration: Calibration, margin: Numbers) -> Floats:
    """Pd [n] = 1 / (1 + exp(-(intercept + slope * margin)))."""
    pd: Floats = expit(calibration.intercept + calibration.slope * np.asarray(margin, dtype=np.float64))
    return pd


@dataclass(frozen=True, slots=True)
class CalibrationSlope:
    """Slope of the logit of the pd in a logistic refit, with its standard error: 1 is right, below 1 the pd is too extreme."""

    slope: float
    standard_error: float


def calibration_slope(pd: Numbers, bad: Numbers) -> CalibrationSlope:
    """The slope by maximum likelihood, its standard error from the Fisher information. Raises as `fit_platt` does."""
    x = logit(np.clip(probabilities(pd, np.size(bad)), SMALLEST_PD, 1.0 - SMALLEST_PD))
    refit = fit_platt(x, bad)
    refitted = apply_calibration(refit, x)
    curve = refitted * (1.0 - refitted)
    error = 1.0 / np.sqrt(curve @ (x * x) - (curve @ x) ** 2 / curve.sum())
    return CalibrationSlope(refit.slope, float(error))


def mean_error(pd: Numbers, bad: Numbers) -> float:
    """(mean pd - bad rate) / bad rate; positive when the pd is too high. Raises ValueError without bads."""
    outcome = outcomes(bad, both_classes=False)
    if not outcome.any():
        raise ValueError("the error of the mean pd needs at least one bad")
    return float(probabilities(pd, outcome.size).mean() / outcome.mean() - 1.0)


def mean_error_spread(pd: Numbers, bad: Numbers) -> float:
    """Standard error of `mean_error` when the pd is right: that of the bad rate, as a share of it. Raises as it does."""
    outcome = outcomes(bad, both_classes=False)
    values = probabilities(pd, outcome.size)
    if not outcome.any():
        raise ValueError("the error of the mean pd needs at least one bad")
    return float(np.sqrt((values * (1.0 - values)).sum()) / outcome.sum())


def brier(pd: Numbers, bad: Numbers, weight: Numbers | None = None) -> float:
    """Mean of (pd - bad)², in [0, 1]; smaller is better."""
    outcome = outcomes(bad, both_classes=False)
    return float(np.average((probabilities(pd, outcome.size) - outcome) ** 2, weights=weights(weight, outcome.size)))


def log_loss(pd: Numbers, bad: Numbers) -> float:
    """Mean of -ln of the probability given to what happened, in nats; infinite when that was ruled out."""
    outcome = outcomes(bad, both_classes=False)
    values = probabilities(pd, outcome.size)
    return float(-(xlogy(outcome, values) + xlogy(1.0 - outcome, 1.0 - values)).mean())


def calibration_bands(pd: Numbers, bad: Numbers, *, bands: int = 10) -> tuple[CalibrationBand, ...]:
    """Up to `bands` bands of about equal size by ascending pd; equal pds share a band, so there may be fewer."""
    outcome = outcomes(bad, both_classes=False)
    values = probabilities(pd, outcome.size)
    edges = np.unique(np.quantile(values, np.arange(1, bands) / bands, method="inverted_cdf"))
    band = np.searchsorted(edges, values, side="left")
    return tuple(_band(values[band == i], outcome[band == i]) for i in np.unique(band))


def _band(pd: Floats, bad: Floats) -> CalibrationBand:
    low, high = wilson_interval(float(bad.sum()), bad.size)
    return CalibrationBand(rows=bad.size, mean_pd=float(pd.mean()), bad_rate=float(bad.mean()), low=low, high=high)


def wilson_interval(bads: float, rows: int, *, z: float = NORMAL_95) -> tuple[float, float]:
    """Wilson's interval of a bad rate, 95 % by default; (0, 1) without rows. Wilson (1927), JASA 22:209."""
    if rows == 0:
        return 0.0, 1.0
    share, slack = bads / rows, z * z / rows
    centre = (share + slack / 2.0) / (1.0 + slack)
    reach = z * sqrt(share * (1.0 - share) / rows + slack / (4.0 * rows)) / (1.0 + slack)
    return min(share, max(0.0, centre - reach)), max(share, min(1.0, centre + reach))


def intercept_shift_for_sampling(odds_multiplier: float) -> float:
    """What to add to a margin fitted on rows whose odds of bad were multiplied (by weights or sampling): -ln of it."""
    if odds_multiplier <= 0:
        raise ValueError(f"an odds multiplier must be positive, not {odds_multiplier}")
    return -log(odds_multiplier)
