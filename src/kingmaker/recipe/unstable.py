"""Columns whose distribution changes between the months of the train window."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.domain.snapshot import ColumnKind, Feature
from kingmaker.recipe.inputs import number_of_column
from kingmaker.recipe.ordered import higher, in_order, read_each
from kingmaker.statistics.stability import stability_of_counts

BANDS = 10
MIN_ROWS = 500
"""Months with fewer rows say nothing: their index is mostly noise."""
LIMIT = 0.25


def unstable_columns(
    frame: pl.DataFrame, *, features: Sequence[Feature], month: str, limit: float = LIMIT, min_rows: int = MIN_ROWS
) -> list[tuple[str, float]]:
    """Columns whose population stability index of any month against all other months exceeds `limit`, worst first.

    Numbers are taken by deciles, categories by level, missing values as a cell of their own. The index is corrected by
    its expectation under no change, (cells - 1) (1/n + 1/m) (Yurdakul 2018). `month` is a date column; nulls are left out.
    """
    names = [feature.name for feature in features]
    codes = _codes(frame, features).with_columns(_month=frame[month].dt.truncate("1mo")).drop_nulls("_month")
    found = [(name, _worst_index(codes, name, min_rows)) for name in names]
    return sorted([(name, index) for name, index in found if index > limit], key=lambda pair: (-pair[1], pair[0]))


def _codes(frame: pl.DataFrame, features: Sequence[Feature]) -> pl.DataFrame:
    numbers = [feature.name for feature in features if feature.kind is ColumnKind.NUMBER]
    quantiles = [step / BANDS for step in range(1, BANDS)]
    edges = read_each(numbers, lambda name: higher(in_order(frame, name).finite, quantiles))
    bands = [_band(name, edges[name]) for name in numbers]
    others = [pl.col(feature.name) for feature in features if feature.kind is ColumnKind.CATEGORY]
    return frame.select(bands + others)


def _band(name: str, edges: NDArray[np.float64]) -> pl.Expr:
    number = number_of_column(name)
    distinct = pl.Series("", np.unique(edges), dtype=pl.Float64)
    place = pl.lit(distinct).search_sorted(number, side="right") if len(distinct) else pl.lit(0)
    return pl.when(number.is_nan()).then(None).otherwise(place).alias(name)


def _worst_index(codes: pl.DataFrame, name: str, min_rows: int) -> float:
    counts = codes.group_by(name, "_month").len().pivot("_month", index=name, values="len").drop(name)
    table = counts.fill_null(0).to_numpy().astype(np.int64)
    rows, total = table.sum(axis=0), table.sum(axis=1)
    months = [place for place in range(table.shape[1]) if min_rows <= rows[place] < total.sum()]
    indices = [stability_of_counts(total - table[:, place], table[:, place]).corrected for place in months]
    return max(indices, default=0.0)
