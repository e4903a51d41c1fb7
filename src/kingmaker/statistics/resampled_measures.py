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
    """1 - goods approved / goods, the cut re-derived in each draw: [draws]."""
    mass, bads = resamples.mass, resamples.bads
    asked = np.clip(approval_rate, 0.0, 1.0) * mass[:, -1]
    row = np.arange(mass.shape[0])
    cut = np.array([np.searchsorted(each, target) for each, target in zip(mass, asked, strict=True)])
    cut = np.minimum(cut, mass.shape[1] - 1)
    mass_before = np.where(cut > 0, mass[row, cut - 1], 0.0)
    bads_before = np.where(cut > 0, bads[row, cut - 1], 0.0)
    width = mass[row, cut] - mass_before
    part = np.clip((asked - mass_before) / np.where(width > 0, width, 1.0), 0.0, 1.0)
    goods = asked - bads_before - part * (bads[row, cut] - bads_before)
    killed: Floats = 1.0 - goods / (mass[:, -1] - bads[:, -1])
    return killed
