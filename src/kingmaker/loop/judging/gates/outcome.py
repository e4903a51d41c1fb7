"""How a number becomes a gate's outcome, and numbers become words in its sentence."""

from collections.abc import Sequence
from math import floor, isfinite, log10

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
    """From G0 to G8; those of one number as they came."""
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


CADENCES = {365: "daily", 52: "weekly", 12: "monthly", 4: "quarterly", 1: "yearly"}
MOST_YEARS = 1_000_000


def luck_text(p_value: float, looks_per_year: int) -> str:
    """How often luck alone would show as much, in years of so many looks, to one significant digit."""
    looks = f"{CADENCES[looks_per_year]} looks" if looks_per_year in CADENCES else f"{looks_per_year} looks a year"
    years = 1.0 / (p_value * looks_per_year) if p_value > 0.0 else float("inf")
    if years >= MOST_YEARS:
        return f"luck would do this less than once in {MOST_YEARS:,} years of {looks}"
    if years < 1.0:
        return f"luck would do this more than once in a year of {looks}"
    size = 10.0 ** floor(log10(years))
    rounded = floor(years / size) * size
    return f"luck would do this less than once in {f'{rounded:,.0f} years' if rounded > 1 else 'a year'} of {looks}"


def percent_text(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"
