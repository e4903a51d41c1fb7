"""Fairness reporting: approval and bad rate of each group of a protected attribute, which is never a feature."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.domain.evidence import GroupRow
from kingmaker.domain.snapshot import ColumnKind
from kingmaker.loop.judging.bins import MISSING, MOST_BINS, binned

SMALLEST_JUDGED_GROUP = 100
"""The approval rate of a smaller group is mostly chance: it has no ratio and is nobody's reference."""
_NUMBER_BINS = 4


def group_rows(
    *, attributes: Sequence[str], frame: pl.DataFrame, approved: NDArray[np.bool_], bad: NDArray[np.float64]
) -> tuple[GroupRow, ...]:
    """Each group of each attribute, in the order of the attributes; numbers with many values in quarters.

    `frame` holds the attributes, [rows]; an attribute it lacks is passed over. The adverse impact ratio is against the most
    approved group of at least 100 rows, those whose attribute is missing not counting as a group.
    """
    return tuple(
        row for name in attributes if name in frame.columns for row in _of_attribute(frame[name], approved, bad)
    )


def _of_attribute(column: pl.Series, approved: NDArray[np.bool_], bad: NDArray[np.float64]) -> list[GroupRow]:
    is_number = column.dtype.is_numeric() and column.n_unique() > MOST_BINS
    groups = binned(column, ColumnKind.NUMBER, most=_NUMBER_BINS) if is_number else binned(column, ColumnKind.CATEGORY)
    members = [groups.bin == index for index in range(len(groups.labels))]
    rates = [float(np.asarray(approved, dtype=np.bool_)[member].mean()) for member in members]
    judged = [
        member.sum() >= SMALLEST_JUDGED_GROUP and label != MISSING
        for label, member in zip(groups.labels, members, strict=True)
    ]
    reference = max((rate for rate, counts in zip(rates, judged, strict=True) if counts), default=0.0)
    return [
        GroupRow(
            attribute=column.name,
            group=label,
            rows=int(member.sum()),
            approval_rate=rate,
            adverse_impact_ratio=rate / reference if counts and reference > 0 else None,
            bad_rate=_bad_rate(bad[member]),
        )
        for label, member, rate, counts in zip(groups.labels, members, rates, judged, strict=True)
    ]


def _bad_rate(bad: NDArray[np.float64]) -> float | None:
    known = bad[~np.isnan(bad)]
    return float(known.mean()) if known.size else None
