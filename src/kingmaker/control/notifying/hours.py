"""Quiet hours: when people are told nothing."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from kingmaker.control.scheduling.times import next_time, zone_of
from kingmaker.domain.errors import KingmakerError

_TIME: Final = r"((?:[01]?\d|2[0-3]):[0-5]\d)"
_WRITTEN: Final = re.compile(rf"{_TIME}-{_TIME}(?:\s+(\S+))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `begins` until `ends` on the clock on the wall of `zone`, every day; over midnight when `ends` is the earlier."""

    begins: time
    ends: time
    zone: str

    def hold(self, moment: datetime) -> bool:
        wall = moment.astimezone(zone_of(self.zone)).time()
        if self.begins < self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends

    def end_after(self, moment: datetime) -> datetime:
        return next_time(f"{self.ends.minute} {self.ends.hour} * * *", self.zone, moment)


def quiet_hours(written: str) -> QuietHours:
    """From `22:00-07:00 Europe/Berlin`; UTC when no zone is named. Raises KingmakerError, ScheduleInvalid for the zone."""
    found = _WRITTEN.fullmatch(written.strip())
    if found is None or found[1] == found[2]:
        raise _unclear(written)
    zone = found[3] or "UTC"
    zone_of(zone)
    return QuietHours(begins=_time(found[1]), ends=_time(found[2]), zone=zone)


def _time(written: str) -> time:
    hour, minute = written.split(":")
    return time(int(hour), int(minute))


def _unclear(written: str) -> KingmakerError:
    return KingmakerError(
        f"{written!r} are no quiet hours",
        remedy="Write them as `22:00-07:00 Europe/Berlin`: two times and a time zone.",
    )
