"""Focal loss: its derivatives are those of its formula, and without gamma it is log loss."""

import numpy as np
import pytest

from kingmaker.learners.focal import focal_slopes

MARGIN = np.array([-4.0, -1.0, 0.0, 0.5, 2.0, 4.0])


def focal_loss(margin: np.ndarray, bad: float, gamma: float) -> np.ndarray:
    happened = 1 / (1 + np.exp(-margin * (1 if bad else -1)))
    return -((1 - happened) ** gamma) * np.log(happened)


@pytest.mark.parametrize("bad", [0.0, 1.0])
@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0, 3.0])
def test_the_slopes_are_the_derivatives_of_the_loss(bad, gamma):
    slope, bend = focal_slopes(MARGIN, np.full(6, bad), gamma)
    step = 1e-4
    above, at, below = (focal_loss(MARGIN + shift, bad, gamma) for shift in (step, 0.0, -step))
    np.testing.assert_allclose(slope, (above - below) / (2 * step), atol=1e-6)
    np.testing.assert_allclose(bend, np.maximum((above - 2 * at + below) / step**2, 1e-16), atol=1e-5)


def test_gamma_zero_is_log_loss():
    bad = np.array([0.0, 1.0, 0.0, 1.0, 0.0, 1.0])
    slope, bend = focal_slopes(MARGIN, bad, 0.0)
    pd = 1 / (1 + np.exp(-MARGIN))
    np.testing.assert_allclose(slope, pd - bad, atol=1e-15)
    np.testing.assert_allclose(bend, pd * (1 - pd), atol=1e-15)


def test_extreme_margins_stay_finite():
    slope, bend = focal_slopes(np.array([-800.0, 800.0, -800.0, 800.0]), np.array([0.0, 0.0, 1.0, 1.0]), 2.0)
    assert np.isfinite(slope).all()
    assert (bend > 0).all()
