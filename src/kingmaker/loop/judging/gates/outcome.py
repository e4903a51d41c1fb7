"""How a number becomes a gate's outcome, and numbers become words in its sentence."""

from collections.abc import Sequence
from math import isfinite

from kingmaker.domain.verdict import Gate, GateOutcome

SMALLEST_CHANCE = 1e-6

Z_ONE_SIDED_95 = 1.645
"""A limit is called broken by an estimate only when it exceeds it by so many of its standard errors."""


def limited(code: str, value: float, limit: float, sentence: str, *, over: GateOutcome = GateOutcome.FAILED) -> Gate:
    """Passed while value <= limit; NaN never passes."""
    return gate_of(code, value, limit, GateOutcome.PASSED if value <= limit else over, sentence)


def at_least(code: str, value: float, limit: float, sentence: str, *, under: GateOutcome = GateOutcome.FAILED) -> Gate:
    """Passed while value >= limit; NaN never passes."""
    return gate_of(code, value, limit, GateOutcome.PASSED if value >= limit else under, sentence)


def gate_of(code: str, value: float, limit: float, outcome: GateOutcome, sentence: str) -> Gate:
    """A gate whose outcome is already known. A number that is not finite is told as none: JSON has no word for it."""
    return Gate(code=code, value=_told(value), limit=_told(limit), outcome=outcome, sentence=sentence)


def _told(number: float) -> float | None:
    return float(number) if isfinite(number) else None


def not_judged(code: str, sentence: str) -> Gate:
    return Gate(code=code, value=None, limit=None, outcome=GateOutcome.NOT_JUDGED, sentence=sentence)


def in_order(*gates: Gate) -> tuple[Gate, ...]:
    """From G0 to G6; those of one number as they came."""
    return tuple(sorted(gates, key=lambda gate: gate.code.partition(".")[0]))


def failed(gates: Sequence[Gate]) -> tuple[Gate, ...]:
    return tuple(gate for gate in gates if gate.outcome is GateOutcome.FAILED)


def held(gates: Sequence[Gate]) -> tuple[Gate, ...]:
    return tuple(gate for gate in gates if gate.outcome is GateOutcome.HELD)


def auc_text(value: float) -> str:
    return f"{value:.3f}"


def chance_text(p_value: float) -> str:
    """A p-value with two digits; below a millionth its size says nothing any more."""
    return f"p {p_value:.2g}" if not p_value < SMALLEST_CHANCE else f"p < {SMALLEST_CHANCE:.0e}"


def percent_text(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"
