"""Numbers for scorecards: monotone bins with a weight of evidence each, and one for the missing.

Two passes for all columns together: quantiles into at most 50 narrow bins, then goods and bads of each. The optimal bins
are unions of narrow ones, so their search costs the same for a thousand rows and for a hundred million.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.domain.snapshot import Feature
from kingmaker.pipeline.declaration import Cleaning
from kingmaker.recipe.fit_numbers import AUTOMATIC, finite_of_column
from kingmaker.recipe.inputs import number_of_column
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
    edges = _edges(train, [feature.name for feature in features], cleaning)
    cells = _count(train, edges, label)
    return [_step_of(feature, cells[feature.name], cleaning, totals) for feature in features]


def _edges(train: pl.DataFrame, names: Sequence[str], cleaning: Cleaning) -> dict[str, Floats]:
    """Declared edges, or quantiles that are values of the column, so that no bin is empty."""
    bins = {name: cleaning.columns.get(name, AUTOMATIC).bins for name in names}
    cuts = {name: cleaning.max_bins if kind == "quantile" else NARROW_BINS for name, kind in bins.items()}
    quantiles = train.select(
        finite_of_column(name)
        .quantile([step / parts for step in range(parts)], interpolation="higher")
        .implode()
        .alias(name)
        for name, parts in cuts.items()
    ).row(0, named=True)
    return {
        name: np.array(sorted(set(kind)), dtype=np.float64)
        if isinstance(kind, tuple)
        else _distinct_above_lowest(quantiles[name])
        for name, kind in bins.items()
    }


def _distinct_above_lowest(quantiles: object) -> Floats:
    values = np.unique(np.array(quantiles, dtype=np.float64).ravel())
    finite: Floats = values[np.isfinite(values)]
    return finite[1:]


def _count(train: pl.DataFrame, edges: Mapping[str, Floats], label: str) -> dict[str, _Cells]:
    bad = pl.col(label).cast(pl.UInt32)
    codes = [(_place(name, column) * 2 + bad).value_counts().implode().alias(name) for name, column in edges.items()]
    counted = train.select(codes).row(0, named=True)
    return {name: _cells_of(column, counted[name]) for name, column in edges.items()}


def _place(name: str, edges: Floats) -> pl.Expr:
    """Number of the bin [edge, next edge), from 0; the missing come last."""
    number = number_of_column(name)
    place = pl.lit(pl.Series("", edges)).search_sorted(number, side="right") if len(edges) else pl.lit(0)
    return pl.when(number.is_nan()).then(len(edges) + 1).otherwise(place).cast(pl.UInt32).alias(name)


def _cells_of(edges: Floats, counted: Sequence[Mapping[str, int]]) -> _Cells:
    table = np.zeros((len(edges) + 2, 2))
    for entry in counted:
        code = next(value for key, value in entry.items() if key != "count")
        table[code // 2, code % 2] = entry["count"]
    return _Cells(edges, table[:-1, 0], table[:-1, 1], (table[-1, 0], table[-1, 1]))


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
