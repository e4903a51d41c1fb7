"""The best ordered partition of pre-bins under a monotone bad rate, found exactly by dynamic programming."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import xlogy

from kingmaker.statistics.arrays import Booleans, Floats, Integers, Numbers

MOST_PRE_BINS = 64
_TIE = 1e-12


class Trend(StrEnum):
    """How the bad rate must move from the first bin to the last."""

    UP = "up"
    DOWN = "down"
    AUTO = "auto"
    """Whichever of the two gives the larger value; up when they are equal."""


class Objective(StrEnum):
    INFORMATION_VALUE = "information_value"
    """Sum over bins of (share of goods - share of bads) ln(share of goods / share of bads)."""
    LOG_LIKELIHOOD = "log_likelihood"
    """Of the bins' own bad rates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What every bin, and every pair of neighbours, must satisfy. A bin also needs at least one good."""

    max_bins: int
    min_share: float = 0.0
    """Of all rows."""
    min_bads: float = 1.0
    min_z: float = 0.0
    """One-sided two-proportion z between neighbours; above 0 it makes them tell apart by more than chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """`cuts` are the positions of the pre-bins that begin a new bin, ascending; empty for a single bin."""

    cuts: tuple[int, ...]
    trend: Trend
    value: float
    """The objective; that of the single bin when nothing else was feasible."""


def monotone_partition(
    goods: Numbers,
    bads: Numbers,
    *,
    limits: Limits,
    trend: Trend = Trend.AUTO,
    objective: Objective = Objective.INFORMATION_VALUE,
) -> Partition:
    """The partition of ordered pre-bins [m <= 64] with the largest objective and a strictly monotone bad rate.

    `goods` and `bads` are (weighted) counts per pre-bin. Fewer bins win a tie. Where no partition satisfies the limits,
    everything is one bin. Raises ValueError on negative counts, without goods or bads, or with more than 64 pre-bins.
    """
    good, bad = np.asarray(goods, dtype=np.float64), np.asarray(bads, dtype=np.float64)
    _check(good, bad, limits)
    table = _segments(good, bad, limits, objective)
    trends = (Trend.UP, Trend.DOWN) if trend is Trend.AUTO else (trend,)
    found = [_best(table, limits, one) for one in trends]
    return max(found, key=lambda partition: partition.value)


def _check(good: Floats, bad: Floats, limits: Limits) -> None:
    if good.ndim != 1 or good.shape != bad.shape or not 1 <= good.size <= MOST_PRE_BINS:
        raise ValueError(f"a partition needs 1 to {MOST_PRE_BINS} pre-bins with goods and bads each")
    if not (np.isfinite(good).all() and np.isfinite(bad).all() and (good >= 0).all() and (bad >= 0).all()):
        raise ValueError("counts of goods and bads must be finite and not negative")
    if good.sum() <= 0 or bad.sum() <= 0:
        raise ValueError("a partition needs goods and bads")
    if limits.max_bins < 1:
        raise ValueError("a partition has at least one bin")


@dataclass(frozen=True, slots=True)
class _Segments:
    """Every run of pre-bins from i to j (inclusive) as [m, m] tables; `value` is -inf where a limit forbids the run."""

    rows: Floats
    rate: Floats
    value: Floats
    single: float


def _segments(good: Floats, bad: Floats, limits: Limits, objective: Objective) -> _Segments:
    goods_to, bads_to = np.append(0.0, np.cumsum(good)), np.append(0.0, np.cumsum(bad))
    goods, bads = goods_to[None, 1:] - goods_to[:-1, None], bads_to[None, 1:] - bads_to[:-1, None]
    rows = goods + bads
    enough = (rows / rows[0, -1] >= limits.min_share - _TIE) & (bads >= max(limits.min_bads, _TIE)) & (goods > _TIE)
    feasible = np.triu(enough)
    goods, bads = np.where(feasible, goods, 1.0), np.where(feasible, bads, 1.0)
    value = _worth(goods, bads, goods_to[-1], bads_to[-1], objective)
    single = _worth(goods_to[-1:], bads_to[-1:], goods_to[-1], bads_to[-1], objective)
    return _Segments(
        rows=np.where(feasible, rows, 1.0),
        rate=np.where(feasible, bads / (goods + bads), np.nan),
        value=np.where(feasible, value, -np.inf),
        single=float(single[0]),
    )


def _worth(goods: Floats, bads: Floats, all_goods: float, all_bads: float, objective: Objective) -> Floats:
    """Each bin's part of the objective."""
    if objective is Objective.INFORMATION_VALUE:
        good_share, bad_share = goods / all_goods, bads / all_bads
        return (good_share - bad_share) * np.log(good_share / bad_share)
    likelihood: Floats = xlogy(goods, goods / (goods + bads)) + xlogy(bads, bads / (goods + bads))
    return likelihood


def _best(table: _Segments, limits: Limits, trend: Trend) -> Partition:
    """Dynamic programming over (number of bins, first and last pre-bin of the last bin)."""
    size = table.value.shape[0]
    most = min(limits.max_bins, size)
    height = np.full((most, size, size), -np.inf)
    height[0, 0] = table.value[0]
    previous = np.zeros((most, size, size), dtype=np.int64)
    for start in range(1, size):
        shut = np.where(_may_follow(table, start, limits.min_z, trend), 0.0, -np.inf)
        reached = height[:-1, :start, start - 1, None] + shut[None, :, :]
        previous[1:, start, start:] = reached.argmax(axis=1)
        height[1:, start, start:] = reached.max(axis=1) + table.value[start, start:]
    ends = height[:, :, -1]
    if not np.isfinite(ends).any():
        return Partition(cuts=(), trend=trend, value=table.single)
    bins, start = np.argwhere(ends >= ends.max() - _TIE)[0]
    return Partition(cuts=_walk_back(previous, int(bins), int(start)), trend=trend, value=float(ends[bins, start]))


def _may_follow(table: _Segments, start: int, min_z: float, trend: Trend) -> Booleans:
    """Whether the bin start..j (columns) may follow the bin h..start - 1 (rows)."""
    before, after = table.rate[:start, start - 1, None], table.rate[None, start, start:]
    rise = after - before if trend is Trend.UP else before - after
    allowed: Booleans = rise > _TIE
    if min_z > 0:
        rows_before, rows_after = table.rows[:start, start - 1, None], table.rows[None, start, start:]
        pooled = (before * rows_before + after * rows_after) / (rows_before + rows_after)
        error = np.sqrt(pooled * (1.0 - pooled) * (1.0 / rows_before + 1.0 / rows_after))
        allowed &= rise >= min_z * error
    return allowed


def _walk_back(previous: Integers, bins: int, start: int) -> tuple[int, ...]:
    """The starts of all bins but the first, from the last bin back."""
    cuts: list[int] = []
    end = previous.shape[1] - 1
    for count in range(bins, 0, -1):
        cuts.append(start)
        start, end = int(previous[count, start, end]), start - 1
    return tuple(reversed(cuts))
