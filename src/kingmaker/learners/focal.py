"""Focal loss of Lin et al. (2017), Focal Loss for Dense Object Detection: easy rows count less, by (1 - p)^gamma."""

import numpy as np

from kingmaker.ports.learner import Floats


def focal_slopes(margin: Floats, bad: Floats, gamma: float) -> tuple[Floats, Floats]:
    """First and second derivative of -(1 - u)^gamma ln u by the margin, u being the probability given to what happened.

    `margin` and `bad` are [rows]; gamma 0 is log loss. The loss is not convex, so the second derivative is held above 0.
    """
    sign = np.where(bad > 0.5, 1.0, -1.0)
    log_u = -np.logaddexp(0.0, -sign * margin)
    u, v = np.exp(log_u), np.exp(-np.logaddexp(0.0, sign * margin))
    slope = sign * v**gamma * (gamma * u * log_u - v)
    bend = u * v**gamma * (gamma * v * log_u - gamma**2 * u * log_u + (2 * gamma + 1) * v)
    return slope, np.maximum(bend, 1e-16)
