"""The times of a schedule: five cron fields, read on the clock on the wall of a time zone.

What the clock on the wall shows is one time, however often. Of a repeated hour (clocks go back) the first showing counts; a
time in a skipped hour (clocks go forward) is the moment after the gap, once however many fell into it. Times are in UTC.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from difflib import get_close_matches
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from kingmaker.domain.errors import KingmakerError

_FIELDS: Final = 5
_SECOND: Final = timedelta(seconds=1)
_ONE_DAY: Final = timedelta(days=1)
_OF_THIS_MACHINE: Final = frozenset({"localtime", "posixrules", "Factory"})


class ScheduleInvalid(KingmakerError):
    """The schedule's cron fields or its time zone mean nothing."""

    code = "schedule_invalid"


def check_cron(cron: str) -> str:
    """The five fields with one blank between them. Raises ScheduleInvalid, also for fields that no day ever fits."""
    fields = cron.split()
    if len(fields) != _FIELDS:
        raise _not_cron(cron, f"has {len(fields)} fields instead of {_FIELDS}")
    tidy = " ".join(fields)
    try:
        newest = next(CronSim(tidy, datetime(2000, 1, 1)), None)  # noqa: DTZ001 - the clock on a wall
    except CronSimError as error:
        raise _not_cron(cron, f"has a {str(error).lower()}") from None
    if newest is None:
        raise _not_cron(cron, "names a day that never comes")
    return tidy


def zone_of(zone: str) -> ZoneInfo:
    """Raises ScheduleInvalid, naming the nearest zone that there is."""
    try:
        if zone and zone not in _OF_THIS_MACHINE:
            return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        pass
    near = get_close_matches(zone, sorted(available_timezones()), n=1, cutoff=0.5)
    hint = f"The nearest is {near[0]}." if near else "Name it as Europe/Berlin or Asia/Shanghai."
    raise ScheduleInvalid(f"there is no time zone {zone!r}", where="zone", remedy=hint)


def next_time(cron: str, zone: str, after: datetime) -> datetime:
    """The first time after that moment. Raises ScheduleInvalid."""
    time = next(_times_after(cron, zone_of(zone), after), None)
    if time is None:
        raise _not_cron(cron, "names a day that never comes")
    return time


def next_times(cron: str, zone: str, after: datetime, count: int) -> list[datetime]:
    """The next `count` times, in the schedule's own zone. Raises ScheduleInvalid."""
    place = zone_of(zone)
    return [time.astimezone(place) for time in islice(_times_after(cron, place, after), count)]


def newest_time(cron: str, zone: str, until: datetime) -> datetime | None:
    """The last time that is not after that moment; None when there was none. Raises ScheduleInvalid."""
    place = zone_of(zone)
    farthest = max(_offset(until, place), _offset(until - _ONE_DAY, place))
    wall = (until.astimezone(UTC) + farthest).replace(microsecond=0, tzinfo=None)
    for shown in _shown(cron, wall + _SECOND, reverse=True):
        moment = _moment(shown, place)
        if moment <= until:
            return moment
    return None


def _times_after(cron: str, zone: tzinfo, after: datetime) -> Iterator[datetime]:
    newest = after
    for shown in _shown(cron, after.astimezone(zone).replace(tzinfo=None)):
        moment = _moment(shown, zone)
        if moment > newest:
            newest = moment
            yield moment


def _shown(cron: str, wall: datetime, *, reverse: bool = False) -> Iterator[datetime]:
    try:
        yield from CronSim(cron, wall, reverse)
    except CronSimError as error:
        raise _not_cron(cron, f"has a {str(error).lower()}") from None


def _moment(shown: datetime, zone: tzinfo) -> datetime:
    """When the clock on the wall shows this for the first time, or first shows something later."""
    moment = shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == shown:
        return moment
    return _end_of_gap(shown.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone)


def _end_of_gap(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The first second at which the offset of `after` holds."""
    wanted = _offset(after, zone)
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        before, after = (before, middle) if _offset(middle, zone) == wanted else (middle, after)
    return after


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _not_cron(cron: str, why: str) -> ScheduleInvalid:
    return ScheduleInvalid(
        f"{cron!r} {why}",
        where="cron",
        remedy="Give minute, hour, day of the month, month and day of the week: `30 2 * * *` is every day at 02:30.",
    )
