"""Measures that can be taken in many weighted resamples of the same rows at once."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from kingmaker.statistics.approval import AROUND, SMALLEST_JUDGED_BADS, highest_approval
from kingmaker.statistics.arrays import Floats, Integers, probabilities, rate
from kingmaker.statistics.ordering import order_of


@dataclass(frozen=True, slots=True)
class OrderedRows:
    """Rows sorted by ascending risk: `order` [n], outcomes in that order, and where each tie group ends, exclusive."""

    risk: Floats
    bad: Floats
    order: Integers
    ordered_bad: Floats
    ends: Integers


def order_rows(bad: Floats, risk: Floats) -> OrderedRows:
    order, ends = order_of(risk)
    return OrderedRows(risk, bad, order, bad[order], ends)


class Resamples:
    """One model's rows under several sets of row weights [draws, n]; what measures share is computed once."""

    def __init__(self, rows: OrderedRows, weight: Floats) -> None:
        self.rows = rows
        self.weight = weight

    @cached_property
    def _curves(self) -> tuple[Floats, Floats]:
        ordered = self.weight[:, self.rows.order]
        at = self.rows.ends - 1
        mass, bads = np.cumsum(ordered, axis=1), np.cumsum(ordered * self.rows.ordered_bad, axis=1)
        return (mass, bads) if at.size == mass.shape[1] else (mass[:, at], bads[:, at])

    @property
    def mass(self) -> Floats:
        """Cumulative weight at each distinct risk, the least risky first: [draws, cuts]."""
        return self._curves[0]

    @property
    def bads(self) -> Floats:
        """Cumulative weight of bads at each distinct risk: [draws, cuts]."""
        return self._curves[1]


class Measure(Protocol):
    """A number that champion and challenger are compared by. `check` raises ValueError when it cannot be taken."""

    @property
    def name(self) -> str: ...

    @property
    def lower_is_better(self) -> bool: ...

    def check(self, rows: OrderedRows) -> None: ...

    def of(self, resamples: Resamples) -> Floats:
        """The measure in each draw: [draws]."""
        ...


@dataclass(frozen=True, slots=True)
class FalseKill:
    """Rejected goods over all goods at an approval rate, tied applicants approved in part."""

    approval_rate: float
    name: str = "false_kill"
    lower_is_better: bool = True

    def check(self, rows: OrderedRows) -> None:  # noqa: ARG002 -- any rows do
        rate(self.approval_rate)

    def of(self, resamples: Resamples) -> Floats:
        return _false_kill(resamples, self.approval_rate)


@dataclass(frozen=True, slots=True)
class FalseKillAround:
    """`approval.false_kill_around`: what the utility weighs."""

    approval_rate: float
    name: str = "false_kill_around"
    lower_is_better: bool = True

    def check(self, rows: OrderedRows) -> None:  # noqa: ARG002 -- any rows do
        rate(self.approval_rate)

    def of(self, resamples: Resamples) -> Floats:
        weighted: Floats = sum(
            (share * _false_kill(resamples, self.approval_rate + offset) for offset, share in AROUND),
            start=np.zeros(resamples.weight.shape[0]),
        )
        return weighted


@dataclass(frozen=True, slots=True)
class ApprovalAtBadRate:
    """`approval.approval_at_bad_rate`."""

    max_bad_rate: float
    name: str = "approval_at_bad_rate"
    lower_is_better: bool = False

    def check(self, rows: OrderedRows) -> None:
        rate(self.max_bad_rate, "highest bad rate")
        if rows.bad.sum() < SMALLEST_JUDGED_BADS:
            raise ValueError(f"an approval rate at a bad rate needs at least 30 bads, not {rows.bad.sum():g}")

    def of(self, resamples: Resamples) -> Floats:
        return highest_approval(resamples.mass, resamples.bads, self.max_bad_rate)


@dataclass(frozen=True, slots=True)
class BrierScore:
    """Mean squared error of the pd; the risks must be pds."""

    name: str = "brier"
    lower_is_better: bool = True

    def check(self, rows: OrderedRows) -> None:
        probabilities(rows.risk, rows.bad.size)

    def of(self, resamples: Resamples) -> Floats:
        errors = (resamples.rows.risk - resamples.rows.bad) ** 2
        mean: Floats = resamples.weight @ errors / resamples.weight.sum(axis=1)
        return mean


def _false_kill(resamples: Resamples, approval_rate: float) -> Floats:
    """1 - goods approved / goods, the cut re-derived in each draw: [draws].

    A drawn cut lies near the cut of the rows themselves, so only rows around it are put in order; the window is widened
    until it holds every draw's cut.
    """
    rows = resamples.rows.order.size
    middle, reach = np.clip(approval_rate, 0.0, 1.0) * rows, 8.0 * np.sqrt(rows)
    while True:
        killed, found = _false_kill_within(resamples, approval_rate, middle - reach, middle + reach)
        if found or reach > rows:
            return killed
        reach *= 4.0


def _false_kill_within(resamples: Resamples, approval_rate: float, low: float, high: float) -> tuple[Floats, bool]:
    """The false kill, were all cuts between two positions in the order of risk, and whether they are."""
    rows, weight = resamples.rows, resamples.weight
    boundaries = np.append(0, rows.ends)
    first = max(int(np.searchsorted(boundaries, low, side="right")) - 1, 0)
    last = min(int(np.searchsorted(boundaries, high)), rows.ends.size)
    window = slice(boundaries[first], boundaries[last])
    safest = np.zeros(rows.order.size)
    safest[rows.order[: window.start]] = 1.0
    whole, all_bads, mass, bads = (weight @ np.stack([np.ones_like(safest), rows.bad, safest, safest * rows.bad], 1)).T
    ordered, ends = weight[:, rows.order[window]], rows.ends[first:last] - window.start - 1
    mass_at = np.column_stack([mass, mass[:, None] + np.cumsum(ordered, axis=1)[:, ends]])
    bads_at = np.column_stack([bads, bads[:, None] + np.cumsum(ordered * rows.ordered_bad[window], axis=1)[:, ends]])
    asked = np.clip(approval_rate, 0.0, 1.0) * whole
    goods = asked - _interpolated(asked, mass_at, bads_at)
    found = bool(((mass_at[:, 0] <= asked) & (asked <= mass_at[:, -1])).all())
    return 1.0 - goods / (whole - all_bads), found


def _interpolated(asked: Floats, mass: Floats, bads: Floats) -> Floats:
    """Bads at the asked mass, row by row: applicants tied at the cut are approved in part."""
    return np.array([np.interp(*row) for row in zip(asked, mass, bads, strict=True)])
