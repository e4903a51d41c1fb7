"""Which weights of evidence are worth a place in a scorecard: informative ones that do not repeat one another."""

import numpy as np
from numpy.typing import NDArray

from kingmaker.ports.learner import Floats, Rows

Integers = NDArray[np.int64]


def informative_columns(
    rows: Rows, *, candidates: Integers, min_information_value: float, max_correlation: float
) -> Integers:
    """Columns in falling order of information value, each at most `max_correlation` correlated with those before it.

    A column that does not vary, or whose information value is below the least, is left out.
    """
    values = information_values(rows)
    strong = [k for k in candidates if values[k] >= min_information_value and np.ptp(rows.values[:, k]) > 0]
    ranked = sorted(strong, key=lambda column: (-values[column], column))
    if not ranked:
        return np.zeros(0, dtype=np.int64)
    correlation = np.abs(np.atleast_2d(np.corrcoef(rows.values[:, ranked], rowvar=False)))
    kept: list[int] = []
    for place in range(len(ranked)):
        if not kept or correlation[place, kept].max() <= max_correlation:
            kept.append(place)
    return np.sort(np.array([ranked[place] for place in kept], dtype=np.int64))


def information_values(rows: Rows) -> Floats:
    """Information value of each column of weights of evidence, [columns].

    The sum over bins of (good share - bad share) * WoE is the mean WoE of the goods less that of the bads.
    """
    good = np.average(rows.values, axis=0, weights=rows.weight * (1 - rows.bad))
    bad = np.average(rows.values, axis=0, weights=rows.weight * rows.bad)
    difference: Floats = good - bad
    return difference
