"""What goes to a fitting process and comes back: an order of plain numbers, and a report with the model's bytes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from kingmaker.domain.trial import TrialEnd, TrialSpec

Curve = tuple[tuple[int, float], ...]
"""(rounds, holdout AUC) at each rung."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FitOrder:
    """Everything that decides the model bit for bit: its digest is the trial's content key.

    `prune_below` holds for some rungs the holdout AUC below which the trial is given up; `libraries` the versions that fit.
    """

    trial: TrialSpec
    prepared: str
    outputs: tuple[str, ...]
    monotone: tuple[int, ...]
    approval_rate: float
    prune_below: Curve
    libraries: Mapping[str, str]

    def key(self) -> str:
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def fault_key(self, run: int) -> str:
        """The key of a failure: another run must try again, with more time, memory or luck."""
        return hashlib.sha256(f"{self.key()} failed in run {run}".encode()).hexdigest()

    def to_bytes(self) -> bytes:
        return msgspec.json.encode(self, order="deterministic")


def order_from_bytes(data: bytes) -> FitOrder:
    return msgspec.json.decode(data, type=FitOrder)


@dataclass(frozen=True, slots=True, kw_only=True)
class FitReport:
    """What a fitting process found out; the fields are those of `domain.trial.Trial`. A pruned trial has only its curve."""

    end: TrialEnd
    curve: Curve
    auc_train: float | None = None
    auc_holdout: float | None = None
    auc_selection: float | None = None
    utility: float | None = None
    rounds: int | None = None
    features: int | None = None
    margin_shift: float = 0.0


_LENGTH_BYTES = 8


def report_to_bytes(report: FitReport, model: bytes) -> bytes:
    """The report's length, the report as JSON, the model's native file."""
    head = msgspec.json.encode(report)
    return len(head).to_bytes(_LENGTH_BYTES, "big") + head + model


def report_from_bytes(data: bytes) -> tuple[FitReport, bytes]:
    end = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "big")
    return msgspec.json.decode(data[_LENGTH_BYTES:end], type=FitReport), data[end:]
