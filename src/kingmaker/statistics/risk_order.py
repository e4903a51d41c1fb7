"""One model's rows in the order of their risk, and how far from its place a cut may lie in a resample of the customers."""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from kingmaker.statistics.arrays import Floats, Integers
from kingmaker.statistics.ordering import order_of

UNLIKELY = log(1e18)
"""The chance that a drawn cut lies outside its window is below exp of minus this."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RiskOrder:
    """Outcomes, risks, relative weights and customers' numbers as they came [n], and their order by ascending risk.

    `order` [n] is the stable order; tie group i lies between `bounds[i]` and `bounds[i + 1]` in it, and the weight of all
    safer groups is `mass[i]`: [groups + 1] both.
    """

    bad: Floats
    risk: Floats
    weight: Floats
    customer: Integers
    order: Integers
    bounds: Integers
    mass: Floats

    def window(self, share: float) -> tuple[int, int]:
        """The tie groups from, to (exclusive) between which the cut that approves `share` lies in every resample.

        Drawing customers adds up independent terms of at most `m max(share, 1 - share)`, m being a customer's weight, so
        Bernstein's inequality bounds how far the drawn weight below a risk strays from its share of the whole.
        """
        owned = np.bincount(self.customer, weights=self.weight) * max(share, 1.0 - share)
        spread, largest = float(owned @ owned), float(owned.max())
        reach = largest * UNLIKELY / 3.0
        reach += sqrt(reach**2 + 2.0 * UNLIKELY * spread)
        asked = share * self.mass[-1]
        first = int(np.searchsorted(self.mass, asked - reach, side="right")) - 1
        last = int(np.searchsorted(self.mass, asked + reach, side="left"))
        return max(first, 0), min(last, self.bounds.size - 1)


def risk_order(bad: Floats, risk: Floats, weight: Floats, customer: Integers) -> RiskOrder:
    """`weight` [n] relative, `customer` [n] numbered from 0."""
    order, ends = order_of(risk)
    bounds = np.append(0, ends)
    mass = np.append(0.0, np.cumsum(weight[order]))[bounds]
    return RiskOrder(bad=bad, risk=risk, weight=weight, customer=customer, order=order, bounds=bounds, mass=mass)
