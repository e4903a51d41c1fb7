"""An axis of moments: years as the report draws them, or as little as the minutes of a first afternoon."""

from datetime import UTC, datetime, timedelta
from typing import Final

from kingmaker.interfaces.report.drawing.scale import Axis, Tick, time_axis

_STEPS: Final = tuple(
    timedelta(**said)
    for said in (
        {"minutes": 1}, {"minutes": 5}, {"minutes": 15}, {"minutes": 30}, {"hours": 1}, {"hours": 3}, {"hours": 6},
        {"hours": 12}, {"days": 1}, {"days": 2}, {"days": 7}, {"days": 14},
    )
)  # fmt: skip
_LONGEST: Final = timedelta(days=90)
_DAY: Final = timedelta(days=1)


def place_of(moment: datetime) -> float:
    """Days since the beginning of the calendar, in UTC: dates stand where their ordinal is."""
    told = moment.astimezone(UTC)
    return told.toordinal() + (told - told.replace(hour=0, minute=0, second=0, microsecond=0)) / _DAY


def moments_axis(first: datetime, last: datetime, *, most: int) -> Axis:
    """From `first` to `last`, with about `most` ticks; hours are those of UTC."""
    begin, end = first.astimezone(UTC), max(last.astimezone(UTC), first.astimezone(UTC) + timedelta(minutes=2))
    room = (end - begin) * 0.02
    begin, end = begin - room, end + room
    low, high = place_of(begin), place_of(end)
    if end - begin > _LONGEST:
        return Axis(title="", low=low, high=high, ticks=time_axis("", begin.date(), end.date(), most=most).ticks)
    step = next((step for step in _STEPS if (end - begin) / step <= most), _STEPS[-1])
    return Axis(title="", low=low, high=high, ticks=tuple(_ticks(begin, end, step)))


def _ticks(begin: datetime, end: datetime, step: timedelta) -> list[Tick]:
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    count = int((end - midnight) / step)
    moments = [midnight + number * step for number in range(count + 1)]
    return [Tick(place_of(one), _written(one)) for one in moments if one >= begin]


def _written(moment: datetime) -> str:
    """The hour, and at midnight the day that begins."""
    return f"{moment:%H:%M}" if moment.hour or moment.minute else f"{moment.day} {moment:%b}"
