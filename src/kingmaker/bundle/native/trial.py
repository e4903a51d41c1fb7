"""Rows made to tell two walkers apart: on every threshold, a hair beside it, missing, infinite, and both zeros."""

import numpy as np

from kingmaker.bundle.native.forest import Floats, Forest

TRIAL_ROWS = 2_048
_ALWAYS = (np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308)


def trial_rows(forest: Forest, width: int, rows: int = TRIAL_ROWS) -> Floats:
    """[rows, width], the same for the same forest."""
    draw = np.random.default_rng(7)
    values = draw.standard_normal((rows, width))
    for feature in range(width):
        on = np.unique(forest.threshold[forest.feature == feature])
        special = np.concatenate([_ALWAYS, on, np.nextafter(on, np.inf), np.nextafter(on, -np.inf)])
        chosen = draw.random(rows) < 0.8
        values[chosen, feature] = draw.choice(special, int(chosen.sum()))
    return values


def same_bits(left: Floats, right: Floats) -> bool:
    """Whether two arrays of doubles are equal bit for bit."""
    one, other = (np.ascontiguousarray(array, dtype=np.float64).reshape(-1).view(np.uint64) for array in (left, right))
    return np.array_equal(one, other)
