"""Applicants in the order of their risk, tied ones together: what all rank statistics are made of."""

from dataclasses import dataclass

import numpy as np

from kingmaker.statistics.arrays import Floats, Integers, Numbers, outcomes, risks, weighted_counts, weights


@dataclass(frozen=True, slots=True)
class TieGroups:
    """Distinct risks in ascending order with the weight of goods and of bads at each; both classes are present."""

    risk: Floats
    goods: Floats
    bads: Floats

    @property
    def all_goods(self) -> float:
        return float(self.goods.sum())

    @property
    def all_bads(self) -> float:
        return float(self.bads.sum())

    def cumulative(self) -> tuple[Floats, Floats]:
        """Goods and bads at or below each distinct risk, led by a zero: [groups + 1] each."""
        return np.append(0.0, np.cumsum(self.goods)), np.append(0.0, np.cumsum(self.bads))


def tie_groups(bad: Numbers, risk: Numbers, weight: Numbers | None = None) -> TieGroups:
    """Goods and bads at each distinct risk. Raises ValueError on NaN risk, a single class or a bad weight."""
    outcome = outcomes(bad)
    mass = weights(weight, outcome.size)
    distinct, group = np.unique(risks(risk, outcome.size), return_inverse=True)
    bads = weighted_counts(group, mass * outcome, distinct.size)
    goods = weighted_counts(group, mass * (1.0 - outcome), distinct.size)
    return TieGroups(distinct, goods, bads)


def midranks(values: Floats) -> Floats:
    """Ranks from 1 in ascending order; tied values share the mean of their ranks."""
    _, group, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2.0)[group]


def rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's correlation of two answers [n] about the same applicants, ties at their mean rank; NaN when one is constant.

    Spearman (1904), The proof and measurement of association between two things.
    """
    ranks = [midranks(values) - (values.size + 1) / 2.0 for values in (one, other)]
    scale = float(np.sqrt((ranks[0] @ ranks[0]) * (ranks[1] @ ranks[1])))
    return float(ranks[0] @ ranks[1]) / scale if scale > 0.0 else float("nan")


def order_of(values: Floats) -> tuple[Integers, Integers]:
    """The stable ascending order [n], and where each tie group ends in it: positions [groups], exclusive."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]) + 1, values.size)
    return order, ends
