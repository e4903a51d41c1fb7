"""Weight of evidence from counts, and bins whose weights keep one direction."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Totals:
    """Goods and bads of the whole train window; both at least 1."""

    goods: float
    bads: float


def weight_of_evidence(goods: Floats, bads: Floats, totals: Totals) -> Floats:
    """The logarithm of the share of all goods over the share of all bads, [cells]; higher is safer.

    Additive smoothing: half a row of the rarer class and as many of the other as keep the population's odds is added to
    each cell. A cell without bads stays finite, a small cell is drawn to 0, and an empty one is 0.
    """
    half = 0.5 / min(totals.goods, totals.bads)
    odds = (goods + half * totals.goods) / (bads + half * totals.bads)
    weights: Floats = np.log(odds) - np.log(totals.goods / totals.bads)
    return weights


def pool_to_direction(goods: Floats, bads: Floats, totals: Totals, direction: int) -> list[int]:
    """Where to cut the cells so that the weight of evidence strictly falls (direction +1: pd rises) or rises (-1).

    Adjacent cells against the direction are pooled (pool adjacent violators, Ayer et al. 1955) on the smoothed weights, so
    that smoothing cannot turn two bins round. Returns positions in 1..cells-1: a cut at p parts cells before p from p on.
    """
    starts: list[int] = []
    pooled: list[tuple[float, float]] = []
    for place, (good, bad) in enumerate(zip(goods.tolist(), bads.tolist(), strict=True)):
        starts.append(place)
        pooled.append((good, bad))
        while len(pooled) > 1 and _against(pooled[-2], pooled[-1], totals, direction):
            last, before = pooled.pop(), pooled.pop()
            pooled.append((before[0] + last[0], before[1] + last[1]))
            starts.pop()
    return starts[1:]


def _against(before: tuple[float, float], after: tuple[float, float], totals: Totals, direction: int) -> bool:
    goods, bads = (np.array(column) for column in zip(before, after, strict=True))
    first, second = weight_of_evidence(goods, bads, totals)
    return bool((first - second) * direction <= 0)


def merge_cells(counts: Floats, cuts: list[int]) -> Floats:
    """Sum the cells between the cuts, [cuts + 1]."""
    merged: Floats = np.add.reduceat(counts, [0, *cuts])
    return merged
