"""Population stability: whether a distribution moved by more than chance explains."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from kingmaker.statistics.arrays import Floats, Integers, Numbers

LARGEST_LEVELS = 20
"""Levels of a category with a bin of their own; all others, unseen ones too, share one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """The population stability index and what of it is more than sampling noise.

    `corrected` = psi - (bins - 1)(1 / rows expected + 1 / rows actual) is 0 on average when nothing moved, and may be
    negative; `p_value` is the chance of so large a psi then. Yurdakul (2018), Western Michigan University.
    """

    psi: float
    corrected: float
    p_value: float
    bins: int


def population_stability(expected: Numbers, actual: Numbers, *, bins: int = 10) -> Stability:
    """PSI of a number between a reference [n] and later rows [m].

    Bins are quantiles of the reference, each distinct value its own when there are no more than `bins` of them; NaN
    has its own bin. Raises ValueError when either side is empty.
    """
    reference, later = np.asarray(expected, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    known = reference[~np.isnan(reference)]
    distinct = np.unique(known)
    if distinct.size > bins:
        distinct = np.unique(np.quantile(known, np.arange(1, bins) / bins, method="inverted_cdf"))
        return stability_of_counts(_counts(reference, distinct), _counts(later, distinct))
    # A point mass gets its own bin; values between, below and above the reference's are what drift looks like.
    sides = np.unique(np.concatenate([distinct, np.nextafter(distinct, -np.inf)]))
    return stability_of_counts(_counts(reference, sides), _counts(later, sides))


def category_stability(expected: NDArray[Any], actual: NDArray[Any]) -> Stability:
    """PSI of a category between a reference [n] and later rows [m] of strings; the 20 most frequent levels count."""
    reference, later = np.asarray(expected).astype(np.str_), np.asarray(actual).astype(np.str_)
    levels, rows = np.unique(reference, return_counts=True)
    kept = levels[np.lexsort((levels, -rows))[:LARGEST_LEVELS]]
    counted = [
        np.array([*((side == level).sum() for level in kept), (~np.isin(side, kept)).sum()])
        for side in (reference, later)
    ]
    return stability_of_counts(counted[0], counted[1])


def stability_of_counts(expected: Integers, actual: Integers) -> Stability:
    """PSI between two histograms over the same bins; bins that are empty on both sides are left out.

    Half a count is added to every bin of both sides, so that an empty bin neither makes the index infinite nor is filled
    by an arbitrary small number. Raises ValueError when a side is empty.
    """
    if expected.sum() == 0 or actual.sum() == 0:
        raise ValueError("a stability index needs rows on both sides")
    used = (expected + actual) > 0
    bins = int(used.sum())
    before = (expected[used] + 0.5) / (expected.sum() + 0.5 * bins)
    after = (actual[used] + 0.5) / (actual.sum() + 0.5 * bins)
    psi = float(((after - before) * np.log(after / before)).sum())
    noise = 1.0 / float(expected.sum()) + 1.0 / float(actual.sum())
    p_value = float(chdtrc(bins - 1, psi / noise)) if bins > 1 else 1.0
    return Stability(psi=psi, corrected=psi - (bins - 1) * noise, p_value=p_value, bins=bins)


def _counts(values: Floats, edges: Floats) -> Integers:
    """Rows in each bin (lower, upper] between the edges, and the rows that are NaN last."""
    missing = np.isnan(values)
    bins = np.bincount(np.searchsorted(edges, values[~missing], side="left"), minlength=edges.size + 1)
    return np.append(bins, missing.sum())
