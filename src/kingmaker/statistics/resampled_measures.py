"""Measures that champion and challenger are compared by in resamples: what each reads, and the number it makes of that."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from kingmaker.statistics.approval import AROUND
from kingmaker.statistics.arrays import Floats, probabilities, rate
from kingmaker.statistics.profit import earned, money
from kingmaker.statistics.readings import Approved, HighestApproval, Reading, Total
from kingmaker.statistics.risk_order import RiskOrder


class Measure(Protocol):
    """A number that champion and challenger are compared by."""

    @property
    def name(self) -> str: ...

    @property
    def lower_is_better(self) -> bool: ...

    def readings(self, rows: RiskOrder) -> tuple[Reading, ...]:
        """What it needs of one model's rows. Raises ValueError when the measure cannot be taken of them."""
        ...

    def of(self, *readings: Floats) -> Floats:
        """The measure in each draw [draws], from its readings in order, each [draws]."""
        ...


@dataclass(frozen=True, slots=True)
class FalseKill:
    """Rejected goods over all goods at an approval rate, tied applicants approved in part."""

    approval_rate: float
    name: str = "false_kill"
    lower_is_better: bool = True

    def readings(self, rows: RiskOrder) -> tuple[Reading, ...]:
        good = 1.0 - rows.bad
        return Total(rows, good), Approved(rows, good, rate(self.approval_rate))

    def of(self, *readings: Floats) -> Floats:
        goods, approved = readings
        return 1.0 - approved / goods


@dataclass(frozen=True, slots=True)
class FalseKillAround:
    """`approval.false_kill_around`: what the utility weighs."""

    approval_rate: float
    name: str = "false_kill_around"
    lower_is_better: bool = True

    def readings(self, rows: RiskOrder) -> tuple[Reading, ...]:
        good, middle = 1.0 - rows.bad, rate(self.approval_rate)
        around = [float(np.clip(middle + offset, 0.0, 1.0)) for offset, _ in AROUND]
        return Total(rows, good), *(Approved(rows, good, share) for share in around)

    def of(self, *readings: Floats) -> Floats:
        goods, *approved = readings
        weighted: Floats = np.array([share for _, share in AROUND]) @ (1.0 - np.stack(approved) / goods)
        return weighted


@dataclass(frozen=True, slots=True)
class ApprovalAtBadRate:
    """`approval.approval_at_bad_rate`."""

    max_bad_rate: float
    name: str = "approval_at_bad_rate"
    lower_is_better: bool = False

    def readings(self, rows: RiskOrder) -> tuple[Reading, ...]:
        return (HighestApproval(rows, rate(self.max_bad_rate, "highest bad rate")),)

    def of(self, *readings: Floats) -> Floats:
        return readings[0]


@dataclass(frozen=True, slots=True)
class BrierScore:
    """Mean squared error of the pd; the risks must be pds."""

    name: str = "brier"
    lower_is_better: bool = True

    def readings(self, rows: RiskOrder) -> tuple[Reading, ...]:
        errors = (probabilities(rows.risk, rows.bad.size) - rows.bad) ** 2
        return Total(rows, np.ones(rows.bad.size)), Total(rows, errors)

    def of(self, *readings: Floats) -> Floats:
        mass, errors = readings
        return errors / mass


@dataclass(frozen=True, slots=True)
class ExpectedProfit:
    """`profit.expected_profit`. `amount` [n] is in the order of the rows that are compared; every loan counts 1 when None."""

    approval_rate: float
    loss_given_default: float
    return_on_good: float
    amount: Floats | None = field(default=None, compare=False)
    name: str = "expected_profit"
    lower_is_better: bool = False

    def readings(self, rows: RiskOrder) -> tuple[Reading, ...]:
        asked = money(self.amount, rows.bad.size)
        gain = earned(rows.bad, asked, self.loss_given_default, self.return_on_good)
        return Total(rows, asked), Approved(rows, gain, rate(self.approval_rate))

    def of(self, *readings: Floats) -> Floats:
        asked, gained = readings
        return gained / asked
