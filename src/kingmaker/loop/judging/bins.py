"""Raw columns in a few bins or levels a person can read, the missing apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.domain.snapshot import ColumnKind

MOST_BINS = 8
MISSING = "missing"
OTHER = "other levels"


@dataclass(frozen=True, slots=True)
class Binned:
    """`bin` [rows] numbers `labels`; only labels that a row has are in it."""

    labels: tuple[str, ...]
    bin: NDArray[np.int64]


def binned(column: pl.Series, kind: ColumnKind, *, most: int = MOST_BINS) -> Binned:
    """A raw column in at most `most` bins of about equal size, or levels by how frequent they are, then the missing.

    A number with no more than `most` different values has a bin for each. Null, NaN, the empty string and, for a number,
    text that is no number are missing.
    """
    return _numbers(column, most) if kind is ColumnKind.NUMBER else _levels(column, most)


def _numbers(column: pl.Series, most: int) -> Binned:
    values = column.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    known = ~np.isnan(values)
    distinct = np.unique(values[known])
    if distinct.size <= most:
        place = np.searchsorted(distinct, values)
        return _compact([number_text(value) for value in distinct], place, known)
    edges = _edges(values[known], most)
    if not edges.size:
        above = values[known & (values > distinct[0])]
        edges = np.unique([distinct[1], *_edges(above, most - 1)])
    return _compact(interval_labels(edges), np.searchsorted(edges, values, side="right"), known)


def _edges(values: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """Quantiles that part the values; none where most of them are the lowest one."""
    edges = np.unique(np.quantile(values, np.arange(1, most) / most, method="inverted_cdf"))
    parting: NDArray[np.float64] = edges[edges > values.min()]
    return parting


def _levels(column: pl.Series, most: int) -> Binned:
    texts = column.cast(pl.String, strict=False).fill_null("")
    counts = texts.filter(texts != "").value_counts(name="rows").sort(["rows", column.name], descending=[True, False])
    kept = counts[column.name].head(most).to_list()
    place = texts.replace_strict(kept, list(range(len(kept))), default=len(kept), return_dtype=pl.Int64)
    return _compact([*kept, OTHER], place.to_numpy(), (texts != "").to_numpy())


def _compact(labels: Sequence[str], place: NDArray[np.int64], known: NDArray[np.bool_]) -> Binned:
    """Leaves out labels that no row has, so that every bin has a mean."""
    placed = np.where(known, place, len(labels))
    used, renumbered = np.unique(placed, return_inverse=True)
    named = [*labels, MISSING]
    return Binned(tuple(named[index] for index in used), renumbered.astype(np.int64))


def interval_labels(edges: NDArray[np.float64]) -> list[str]:
    texts = [number_text(edge) for edge in edges]
    between = [f"{low} to {high}" for low, high in pairwise(texts)]
    return [f"< {texts[0]}", *between, f"\u2265 {texts[-1]}"]


def number_text(value: float) -> str:
    """A bin's edge: whole where it is, else four significant digits; thousands apart."""
    if not np.isfinite(value):
        return "\u221e" if value > 0 else "-\u221e"
    if float(value).is_integer() or abs(value) >= 10_000:
        return f"{value:,.0f}"
    return f"{value:,.4g}"
