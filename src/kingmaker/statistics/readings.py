"""What measures read off resampled customers: sums over everybody, over the approved, and the highest approval rate.

A reading says in advance what it needs, so that a draw has to know one by one only the customers near a cut: `sums` are
values of rows [n] whose drawn totals are enough, `near` are the rows whose own counts it must see. Every row is weighted.
"""

from typing import Protocol

import numpy as np

from kingmaker.statistics.approval import highest_approval, mean_of_bads
from kingmaker.statistics.arrays import Floats, Integers
from kingmaker.statistics.risk_order import RiskOrder


class Reading(Protocol):
    @property
    def sums(self) -> tuple[Floats, ...]: ...

    @property
    def near(self) -> Integers: ...

    def of(self, sums: Floats, near: Floats) -> Floats:
        """The reading in each draw, from the drawn totals [draws, sums] and the counts of the near rows [draws, near]."""
        ...


class Total:
    """The sum of `value` [n] over everybody."""

    def __init__(self, rows: RiskOrder, value: Floats) -> None:
        self.sums = (rows.weight * value,)
        self.near = rows.order[:0]

    def of(self, sums: Floats, near: Floats) -> Floats:  # noqa: ARG002 -- totals are enough
        return sums[:, 0]


class Approved:
    """The sum of `value` [n] over the least risky `share` of applicants, in [0, 1]; those tied at the cut count in part."""

    def __init__(self, rows: RiskOrder, value: Floats, share: float) -> None:
        first, last = rows.window(share)
        start, stop = rows.bounds[first], rows.bounds[last]
        safer = np.zeros(rows.order.size)
        safer[rows.order[:start]] = rows.weight[rows.order[:start]]
        self.near = rows.order[start:stop]
        self.sums = (rows.weight, safer, safer * value)
        self._share = share
        self._weight, self._value = rows.weight[self.near], (rows.weight * value)[self.near]
        self._ends = rows.bounds[first + 1 : last + 1] - start - 1

    def of(self, sums: Floats, near: Floats) -> Floats:
        whole, mass, value = sums.T
        mass_at = _reached(mass, near, self._weight, self._ends)
        value_at = _reached(value, near, self._value, self._ends)
        drawn = zip(self._share * whole, mass_at, value_at, strict=True)
        return np.array([np.interp(asked, masses, values) for asked, masses, values in drawn])


class HighestApproval:
    """`approval.highest_approval`: its cut may lie anywhere, so it must see every row. Raises ValueError under 30 bads."""

    sums: tuple[Floats, ...] = ()

    def __init__(self, rows: RiskOrder, max_bad_rate: float) -> None:
        self.near = rows.order
        self._weight = rows.weight[rows.order] / mean_of_bads(rows.bad, rows.weight)
        self._bad = self._weight * rows.bad[rows.order]
        self._ends = rows.bounds[1:] - 1
        self._max_bad_rate = max_bad_rate

    def of(self, sums: Floats, near: Floats) -> Floats:  # noqa: ARG002 -- needs no totals
        mass, bads = (np.cumsum(near * value, axis=1)[:, self._ends] for value in (self._weight, self._bad))
        return highest_approval(mass, bads, self._max_bad_rate)


def _reached(start: Floats, near: Floats, value: Floats, ends: Integers) -> Floats:
    """The running sum of `value` at the end of each tie group, led by `start`: [draws, groups + 1]."""
    running = np.cumsum(near * value, axis=1)
    return np.column_stack([start, start[:, None] + (running if ends.size == value.size else running[:, ends])])
