"""Two scores of one population of which only those below a cut of the first are seen.

Within goods, and within bads, both scores are normal with unit variance and have one correlation; goods have mean 0, bads
lie higher by a shift. The first score is the champion's: it was approved below its cut. Everything is integrated on
grids, nothing is drawn: AUCs are exact to about 1e-5 and the same on every machine. A class is looked at from its own
mean: `score` and `cut` are then distances from it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from kingmaker.statistics.arrays import Floats

LARGEST_CORRELATION = 0.999
FARTHEST = 8.0
STEPS = 800
NODES = np.linspace(-6.0, 6.0, 241)
"""Normal scores of the champion's ranks among the approved of a class."""
NODE_WEIGHTS = np.exp(-0.5 * NODES**2) / np.exp(-0.5 * NODES**2).sum()


@dataclass(frozen=True, slots=True)
class Spread:
    """Shares of the approved goods and of the approved bads below each score of one grid [steps]."""

    goods: Floats
    bads: Floats

    def auc(self) -> float:
        return float((self.goods[1:] + self.goods[:-1]) @ np.diff(self.bads) / 2.0)

    def false_kill(self, bad_rate: float, approval_rate: float) -> float:
        """Share of goods above the cut that approves `approval_rate` of loans with this bad rate."""
        below = (1.0 - bad_rate) * self.goods + bad_rate * self.bads
        return 1.0 - float(np.interp(approval_rate, below, self.goods))


def champion_spread(shift: float, cut: float) -> Spread:
    grid = _grid(shift)
    return Spread(_champion_below(grid, cut), _champion_below(grid - shift, cut - shift))


def challenger_spread(shift: float, cut: float, correlation: float) -> Spread:
    grid = _grid(shift)
    goods = _challenger_below(grid, cut, correlation) @ NODE_WEIGHTS
    return Spread(goods, _challenger_below(grid - shift, cut - shift, correlation) @ NODE_WEIGHTS)


def shift_of(auc: float) -> float:
    """How much higher bads score than goods, in standard deviations of either."""
    return float(np.sqrt(2.0) * ndtri(auc))


def auc_of_shift(shift: float) -> float:
    return float(ndtr(shift / np.sqrt(2.0)))


def cut_of_share(share: float, shift: float, bad_rate: float) -> float:
    """The cut below which `share` of all applicants lies, of whom `bad_rate` are bad."""

    def excess(cut: float) -> float:
        return float((1.0 - bad_rate) * ndtr(cut) + bad_rate * ndtr(cut - shift)) - share

    return rising_root(excess, -FARTHEST, FARTHEST + shift)


def cut_of_approved(share: float, shift: float, approved_bad_rate: float) -> float:
    """The cut below which `share` of all applicants lies, of whom `approved_bad_rate` are bad."""

    def excess(cut: float) -> float:
        # The goods and the bads that are approved, each scaled up to all of its class, make up everybody.
        return 1.0 - share * float((1.0 - approved_bad_rate) / ndtr(cut) + approved_bad_rate / ndtr(cut - shift))

    return rising_root(excess, -FARTHEST, FARTHEST + shift)


def correlation_before(observed: float, cut: float) -> float:
    """The correlation in a class that leaves `observed` between the normal scores of the ranks of those below the cut.

    Within 0 and .999: an observed correlation that is too low or too high for any gives the nearer end.
    """
    return rising_root(lambda correlation: _correlation_after(correlation, cut) - observed, 0.0, LARGEST_CORRELATION)


def rising_root(excess: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function is nothing, or the end of [low, high] that is nearer to it."""
    if excess(low) >= 0.0:
        return low
    return high if excess(high) <= 0.0 else float(brentq(excess, low, high, xtol=1e-9))


def _correlation_after(correlation: float, cut: float) -> float:
    given = _challenger_below(_grid(0.0), cut, correlation)
    below = given @ NODE_WEIGHTS
    ranked = ndtri(np.clip(below, 1e-12, 1.0 - 1e-12))
    middle = (ranked[1:] + ranked[:-1]) / 2.0
    expected = middle @ np.diff(given, axis=0)
    variance = float(middle**2 @ np.diff(below)) * float(NODES**2 @ NODE_WEIGHTS)
    return float(NODES * NODE_WEIGHTS @ expected / np.sqrt(variance))


def _grid(shift: float) -> Floats:
    return np.linspace(-FARTHEST, FARTHEST + shift, STEPS)


def _champion_below(score: Floats, cut: float) -> Floats:
    below: Floats = np.minimum(ndtr(score), ndtr(cut)) / ndtr(cut)
    return below


def _challenger_below(score: Floats, cut: float, correlation: float) -> Floats:
    """Share whose challenger score is below each score, given the champion's rank: [scores, nodes]."""
    champion = ndtri(ndtr(cut) * ndtr(NODES))
    below: Floats = ndtr((score[:, None] - correlation * champion) / np.sqrt(1.0 - correlation**2))
    return below
