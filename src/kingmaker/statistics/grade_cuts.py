"""Where grades are cut on the rounded score: by information value, by share, or by bad rate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

from kingmaker.statistics.arrays import Floats, Integers, weighted_counts
from kingmaker.statistics.monotone_partition import MOST_PRE_BINS, Limits, Trend, monotone_partition

SMALLEST_Z = 1.64
"""Neighbouring grades' bad rates differ by more than chance: one-sided 5 %."""


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Distinct scores of labelled rows from best to worst, with goods and bads at each: [k] each."""

    score: Integers
    goods: Floats
    bads: Floats

    @property
    def rows(self) -> Floats:
        return self.goods + self.bads

    def counts_by_cut(self, cuts: Sequence[int]) -> tuple[Floats, Floats]:
        """Goods and bads of each grade; a cut is the lowest score of every grade but the worst, best first."""
        grade = grade_index(self.score, cuts)
        size = len(cuts) + 1
        return (
            weighted_counts(grade, self.goods, size),
            weighted_counts(grade, self.bads, size),
        )


def score_table(score: Integers, bad: Floats) -> ScoreTable:
    """Raises ValueError when scores are not whole numbers, one a row."""
    values = np.asarray(score)
    if values.shape != bad.shape or not np.issubdtype(values.dtype, np.integer):
        raise ValueError("grades are cut on rounded scores: whole numbers, one a row")
    distinct, group = np.unique(-values.astype(np.int64), return_inverse=True)
    bads = weighted_counts(group, bad, distinct.size)
    goods = weighted_counts(group, 1.0 - bad, distinct.size)
    return ScoreTable(-distinct, goods, bads)


def grade_index(score: Integers, cuts: Sequence[int]) -> Integers:
    """0 for scores of at least the first (highest) cut, 1 for those of at least the second, …"""
    return np.searchsorted(-np.asarray(cuts, dtype=np.int64), -np.asarray(score, dtype=np.int64), side="left")


def optimal_cuts(table: ScoreTable, grades: int, *, min_share: float, min_bads: int) -> list[int]:
    """The partition into at most `grades` with the largest information value, every grade and neighbour told apart."""
    share = np.cumsum(table.rows) / table.rows.sum()
    wanted = np.arange(1, MOST_PRE_BINS) / MOST_PRE_BINS
    last = np.unique(np.append(np.searchsorted(share, wanted - 1e-12), share.size - 1))
    first = np.append(0, last[:-1] + 1)
    limits = Limits(max_bins=grades, min_share=min_share, min_bads=min_bads, min_z=SMALLEST_Z)
    found = monotone_partition(
        np.add.reduceat(table.goods, first), np.add.reduceat(table.bads, first), limits=limits, trend=Trend.UP
    )
    return [int(table.score[last[cut - 1]]) for cut in found.cuts]


def cuts_at_shares(reference: Integers, shares: Sequence[float]) -> list[int]:
    """The scores above which the best share, the best two shares, … of the reference applicants lie, ties to the nearest."""
    distinct, rows = np.unique(-reference, return_counts=True)
    reached = np.cumsum(rows) / rows.sum()
    wanted = np.cumsum(shares)[:-1]
    nearest = np.abs(reached[None, :] - wanted[:, None]).argmin(axis=1)
    return [int(-distinct[at]) for at in np.unique(nearest) if at < distinct.size - 1]


def cuts_at_bad_rates(table: ScoreTable, bad_rates: Sequence[float]) -> list[int]:
    """The lowest scores whose isotonic bad rate is still at most each of the rising `bad_rates`."""
    smooth = isotonic_regression(table.bads / table.rows, weights=table.rows).x
    reached = np.unique(np.searchsorted(smooth, np.asarray(bad_rates) + 1e-12, side="right"))
    return [int(table.score[at - 1]) for at in reached if 0 < at < table.score.size]


def merged_until_rising(table: ScoreTable, cuts: Sequence[int]) -> list[int]:
    """The cuts that remain when empty grades, and neighbours whose bad rates do not rise, are merged.

    Pooling adjacent violators from the best grade down: the result does not depend on the order of merging.
    """
    goods, bads = table.counts_by_cut(cuts)
    kept: list[tuple[float, float, int | None]] = []
    for good, bad, lowest in zip(goods, bads, [*cuts, None], strict=True):
        block = (float(good), float(bad), lowest)
        while kept and not _rises(kept[-1], block):
            block = (kept[-1][0] + block[0], kept[-1][1] + block[1], lowest)
            kept.pop()
        kept.append(block)
    return [lowest for _, _, lowest in kept if lowest is not None]


def _rises(better: tuple[float, float, int | None], worse: tuple[float, float, int | None]) -> bool:
    """Whether both hold rows and the worse one's bad rate is strictly higher."""
    if better[0] + better[1] == 0 or worse[0] + worse[1] == 0:
        return False
    return better[1] * (worse[0] + worse[1]) < worse[1] * (better[0] + better[1])
