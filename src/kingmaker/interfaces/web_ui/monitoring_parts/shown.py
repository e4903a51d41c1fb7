"""Which days are shown: those of whoever answered most, or of one version."""

from collections.abc import Sequence
from dataclasses import dataclass

from kingmaker.domain.monitoring import DayReading, Monitoring
from kingmaker.interfaces.report.wording import area

SHORT = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """`days` has one reading a day, oldest first. `choices` are versions and whether each is a shadow, newest first."""

    days: tuple[DayReading, ...]
    choices: tuple[tuple[str, bool], ...]


def shown_of(told: Monitoring, version: str) -> Shown:
    """`version` may be a beginning of one; empty for whoever answered most on each day."""
    choices = dict.fromkeys((one.version, one.is_shadow) for one in reversed(told.days))
    wanted = [one for one in told.days if (one.version.startswith(version) if version else not one.is_shadow)]
    return Shown(days=_one_a_day(wanted), choices=tuple(choices))


def _one_a_day(days: Sequence[DayReading]) -> tuple[DayReading, ...]:
    found: dict[object, DayReading] = {}
    for one in days:
        known = found.get(one.day)
        if known is None or one.answers > known.answers:
            found[one.day] = one
    return tuple(found.values())


def index(value: float | None) -> str:
    """A population stability index as it is written."""
    return area(value)
