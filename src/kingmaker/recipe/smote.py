"""Synthetic minority rows (SMOTE: Chawla, Bowyer, Hall and Kegelmeyer 2002) on prepared numbers."""

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

Floats = NDArray[np.float64]

NEIGHBOURS = 5


def synthesise(values: Floats, wanted: int, draw: np.random.Generator) -> Floats:
    """`wanted` rows, each on the line between a row of `values` [rows, outputs] and one of its five nearest.

    Distances are of standardised columns, a missing value (NaN) standing at its column's mean; a synthetic value is missing
    where either end is. A single row is repeated.
    """
    start = draw.integers(len(values), size=wanted)
    if len(values) == 1:
        return values[start]
    near = _nearest(_standardised(values))
    end = near[start, draw.integers(near.shape[1], size=wanted)]
    step = draw.random((wanted, 1))
    between: Floats = values[start] + step * (values[end] - values[start])
    return between


def _standardised(values: Floats) -> Floats:
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, values, 0.0) - np.where(known, values, 0.0).sum(axis=0) / count
    centred = np.where(known, centred, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / count)
    standardised: Floats = centred / np.where(spread > 0, spread, 1.0)
    return standardised


def _nearest(points: Floats) -> NDArray[np.int64]:
    """For each point, the places of its nearest others, [points, at most 5]."""
    count = min(NEIGHBOURS, len(points) - 1)
    search = NearestNeighbors(n_neighbors=count).fit(points)
    places: NDArray[np.int64] = search.kneighbors(return_distance=False)
    return places
