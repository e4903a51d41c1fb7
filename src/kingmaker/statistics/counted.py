"""Readings from counts alone: what is left of yesterday's rows when the rows themselves are gone."""

from collections.abc import Sequence
from math import erfc, inf, sqrt

import numpy as np

from kingmaker.statistics.arrays import Floats, Integers
from kingmaker.statistics.stability import Stability, stability_of_counts


def stability_of_shares(shares: Floats, rows: int, actual: Integers) -> Stability:
    """PSI between a reference known by its shares [bins] of so many rows, and later counts [bins].

    Raises ValueError when a side is empty.
    """
    return stability_of_counts(np.rint(np.asarray(shares) * rows).astype(np.int64), actual)


def chance_of_rate(successes: int, rows: int, expected: float) -> float:
    """Two-sided chance of so large a difference between successes / rows and `expected`, by the normal approximation.

    1.0 without rows; where `expected` leaves no room for chance, 0.0 for any difference and 1.0 for none.
    """
    if rows == 0:
        return 1.0
    difference = abs(successes / rows - expected)
    spread = sqrt(max(0.0, expected * (1.0 - expected)) / rows)
    if spread == 0.0:
        return 1.0 if difference == 0.0 else 0.0
    return erfc(difference / spread / sqrt(2.0))


def bucket_quantile(bounds: Sequence[float], counts: Sequence[int], share: float) -> float | None:
    """The upper bound of the bucket in which the quantile lies; infinite in the last one, None without any count.

    `bounds` [k] are the buckets' upper bounds, `counts` [k + 1] what fell into each, the last beyond all bounds.
    """
    upto = np.cumsum(np.asarray(counts, dtype=np.int64))
    if not len(upto) or upto[-1] == 0:
        return None
    place = int(np.searchsorted(upto, share * upto[-1], side="left"))
    return float(bounds[place]) if place < len(bounds) else inf


def times_as_many(actual: float, usual: float) -> float:
    """How many times as many, or as few: 2.0 for twice as many and for half as many; infinite for none at all."""
    if usual <= 0.0:
        return 1.0 if actual <= 0.0 else inf
    ratio = actual / usual
    return inf if ratio == 0.0 else max(ratio, 1.0 / ratio)
