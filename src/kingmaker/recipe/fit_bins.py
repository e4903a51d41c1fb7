"""Numbers for scorecards: monotone bins with a weight of evidence each, and one for the missing.

A column is sorted once, and its bads once more: quantiles cut it into at most 50 narrow bins, and the places of their
edges among all values and among the bads' tell the goods and bads of each. The optimal bins are unions of narrow ones, so
their search costs the same for a thousand rows and for a hundred million.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.domain.snapshot import Feature
from kingmaker.pipeline.declaration import Cleaning
from kingmaker.recipe.fit_numbers import AUTOMATIC
from kingmaker.recipe.ordered import Ordered, higher, in_order, read_each
from kingmaker.recipe.spec import Bins, NumberStep
from kingmaker.recipe.woe import Totals, merge_cells, pool_to_direction, weight_of_evidence
from kingmaker.statistics.monotone_partition import Limits, Trend, monotone_partition

Floats = NDArray[np.float64]

NARROW_BINS = 50
MIN_SHARE = 0.05
"""Share of the rows with a value that an optimal bin needs."""
MIN_BADS = 10
"""Bads that an optimal bin needs, or 5 % of all bads where that is less."""
MIN_Z = 1.0
"""Standard errors by which the bad rates of neighbouring optimal bins must differ."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """Goods and bads of one column: `goods`, `bads` [edges + 1] of the bins, then the missing rows' counts."""

    edges: Floats
    goods: Floats
    bads: Floats
    missing: tuple[float, float]


def fit_binned_numbers(
    train: pl.DataFrame, features: Sequence[Feature], cleaning: Cleaning, *, label: str, totals: Totals
) -> list[NumberStep | tuple[str, str]]:
    """One step for each column, in order; or its name and why it is dropped."""
    names = [feature.name for feature in features]
    bads = train.filter(pl.col(label).cast(pl.Int64) == 1).select(names)
    cells = read_each(names, lambda name: _cells_of(train, bads, name, cleaning))
    return [_step_of(feature, cells[feature.name], cleaning, totals) for feature in features]


def _cells_of(train: pl.DataFrame, bads: pl.DataFrame, name: str, cleaning: Cleaning) -> _Cells:
    """Sorted values are counted by where the edges stand among them: no row is looked up in its bin."""
    everyone, bad = in_order(train, name), in_order(bads, name)
    edges = _edges(everyone.finite, cleaning.columns.get(name, AUTOMATIC).bins, cleaning.max_bins)
    rows, bad_rows = _rows_between(everyone, edges), _rows_between(bad, edges)
    return _Cells(edges, rows - bad_rows, bad_rows, (float(everyone.missing - bad.missing), float(bad.missing)))


def _edges(finite: Floats, declared: str | tuple[float, ...], max_bins: int) -> Floats:
    """Declared edges, or quantiles that are values of the column, so that no bin is empty."""
    if isinstance(declared, tuple):
        return np.array(sorted(set(declared)), dtype=np.float64)
    parts = max_bins if declared == "quantile" else NARROW_BINS
    return np.unique(higher(finite, [step / parts for step in range(parts)]))[1:]


def _rows_between(ordered: Ordered, edges: Floats) -> Floats:
    """How many values lie in each bin, [edges + 1]."""
    below = np.concatenate([[0], ordered.below(edges), [len(ordered.values)]])
    return np.diff(below).astype(np.float64)


def _step_of(feature: Feature, cells: _Cells, cleaning: Cleaning, totals: Totals) -> NumberStep | tuple[str, str]:
    declared = cleaning.columns.get(feature.name, AUTOMATIC).bins
    cuts = list(range(1, len(cells.goods)))
    direction = feature.monotone
    if declared in {"auto", "optimal"}:
        cuts, direction = _optimal_cuts(cells, direction, cleaning.max_bins)
    if direction:
        goods, bads = merge_cells(cells.goods, cuts), merge_cells(cells.bads, cuts)
        cuts = [cuts[place - 1] for place in pool_to_direction(goods, bads, totals, direction)]
    missing = sum(cells.missing)
    if not cuts and (missing == 0 or missing == totals.goods + totals.bads):
        return feature.name, "no bins of it differ in their bad rate"
    goods, bads = merge_cells(cells.goods, cuts), merge_cells(cells.bads, cuts)
    weights = weight_of_evidence(np.append(goods, cells.missing[0]), np.append(bads, cells.missing[1]), totals)
    edges = tuple(float(cells.edges[cut - 1]) for cut in cuts)
    bins = Bins(edges=edges, values=tuple(weights[:-1].tolist()), missing=float(weights[-1]))
    return NumberStep(name=feature.name, bins=bins)


def _optimal_cuts(cells: _Cells, direction: int, max_bins: int) -> tuple[list[int], int]:
    """The cuts with the highest information value, and the direction that their bad rate follows."""
    if min(cells.goods.sum(), cells.bads.sum()) == 0:
        return [], direction
    min_bads = min(MIN_BADS, MIN_SHARE * float(cells.bads.sum()))
    limits = Limits(max_bins=max_bins, min_share=MIN_SHARE, min_bads=min_bads, min_z=MIN_Z)
    trend = Trend.AUTO if direction == 0 else Trend.UP if direction > 0 else Trend.DOWN
    found = monotone_partition(cells.goods, cells.bads, limits=limits, trend=trend)
    return list(found.cuts), 1 if found.trend is Trend.UP else -1
