"""Numbers, times and states as people read them."""

from datetime import datetime
from math import isfinite

from kingmaker.control.records import RunLine
from kingmaker.domain.run import Run, RunReason, RunState

MILLION = 1_000_000
THOUSAND = 1_000


def when(moment: datetime | None) -> str:
    """A UTC moment to the second; `-` for none."""
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else "-"


def percent(share: float | None, digits: int = 1) -> str:
    return "-" if share is None else f"{100 * share:.{digits}f} %"


def share_in_words(share: float) -> str:
    """As people say it: 5 %, 0.5 %, 33.3 %."""
    return f"{100 * share:.3g} %"


def points(difference: float | None, digits: int = 2) -> str:
    """A difference of two shares in percentage points, with its sign."""
    return "-" if difference is None else f"{100 * difference:+.{digits}f} pp"


def number(value: float | None, digits: int = 3) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def figure(value: float | None) -> str:
    """A number whose unit only its sentence knows: whole ones without decimals, small ones with four or an exponent."""
    if value is None:
        return "-"
    if not isfinite(value):
        return str(value)
    if value == int(value):
        return f"{value:,.0f}"
    return f"{value:.0e}" if abs(value) < 0.00005 else f"{value:,.4f}" if abs(value) < 100 else f"{value:,.1f}"


def minute(moment: datetime | None) -> str:
    """A UTC moment to the minute; `-` for none."""
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "-"


def state_of(run: Run, *, under_way: bool) -> str:
    """The run's state; one that is not over and that nobody works on is `unfinished`, one that was stopped `cancelled`."""
    if run.reason is RunReason.CANCELLED:
        return "cancelled"
    return "unfinished" if run.state is RunState.RUNNING and not under_way else run.state.value


def state_told(line: RunLine) -> str:
    """The run's state in a list, in one word."""
    return "running" if line.state == "under way" else line.state


def money(amount: float | None) -> str:
    if amount is None:
        return "-"
    if abs(amount) >= MILLION:
        return f"{amount / MILLION:,.1f} M"
    return f"{amount / THOUSAND:,.0f} k" if abs(amount) >= THOUSAND else f"{amount:,.0f}"


def ago(age_seconds: float) -> str:
    """How long since, in the largest unit that fits."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if age_seconds >= 2 * length:
            return f"{age_seconds / length:.0f} {unit} ago"
    return f"{age_seconds:.0f} s ago"


def seconds(value: float) -> str:
    return f"{value:.1f} s" if value < 60 else f"{value // 60:.0f} min {value % 60:.0f} s"
