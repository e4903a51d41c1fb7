"""Spans of time as people write them on the command line."""

import re
from datetime import timedelta

from kingmaker.domain.errors import KingmakerError

_SPAN = re.compile(r"(?P<count>\d{1,6})\s*(?P<unit>min|h|d|minutes?|hours?|days?|weeks?)")
_UNITS = {"min": "minutes", "h": "hours", "d": "days"}


def span_named(text: str, option: str) -> timedelta:
    """`90 days`, `6 hours`, `30min`. Raises KingmakerError for anything else."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise KingmakerError(
            f"{option} {text!r} is no span of time", remedy="Write it as '90 days', '6 hours' or '30 min'."
        )
    unit = _UNITS.get(found["unit"], found["unit"].rstrip("s") + "s")
    return timedelta(**{unit: int(found["count"])})


def span_told(span: timedelta) -> str:
    """In the largest unit that leaves no rest."""
    seconds = int(span.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds and seconds % length == 0:
            count = seconds // length
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds} seconds"
