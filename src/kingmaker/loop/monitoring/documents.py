"""What was counted of a day, as one document in the vault under the day's name.

A document holds the counts together with the segments that they were taken from. Whoever writes an older one over a newer one
makes nothing wrong: the segments that it does not name are read again.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import msgspec

from kingmaker.loop.monitoring.segments import Segment
from kingmaker.ports.vault import Vault

ROOM: Final = "monitoring"
Ranges = list[tuple[int, int]]


class Counts(msgspec.Struct):
    """Of one day and version. `pd` is the sum; `scores` by the lowest score of ten points; `endpoints`: answers, approved."""

    day: date
    version: str
    is_shadow: bool
    answers: int = 0
    approved: int = 0
    pd: float = 0.0
    grades: dict[str, int] = msgspec.field(default_factory=dict)
    scores: dict[int, int] = msgspec.field(default_factory=dict)
    features: dict[str, list[int]] = msgspec.field(default_factory=dict)
    endpoints: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)


class Served(msgspec.Struct):
    """How an endpoint served. `seen` is what its process, begun at `began`, had counted when it was last looked at."""

    began: str
    bounds: list[float]
    seen: list[int]
    counts: list[int]
    """Of this day: requests, refused, errors, then those in each bucket of `bounds` and beyond."""


class DayDocument(msgspec.Struct):
    """`read` are the numbers of the segments of each endpoint's processes, as ranges."""

    read: dict[str, dict[str, Ranges]] = msgspec.field(default_factory=dict)
    unreadable: list[str] = msgspec.field(default_factory=list)
    unknown: int = 0
    counts: list[Counts] = msgspec.field(default_factory=list)
    service: dict[str, Served] = msgspec.field(default_factory=dict)

    def has_read(self, segment: Segment) -> bool:
        ranges = self.read.get(segment.endpoint, {}).get(segment.token, [])
        place = bisect_right(ranges, (segment.number, 1 << 62)) - 1
        return place >= 0 and ranges[place][0] <= segment.number <= ranges[place][1]

    def note(self, segment: Segment) -> None:
        """It has been read."""
        if self.has_read(segment):
            return
        tokens = self.read.setdefault(segment.endpoint, {})
        numbers = sorted([*tokens.get(segment.token, []), (segment.number, segment.number)])
        tokens[segment.token] = list(_joined(numbers))

    @property
    def segments(self) -> int:
        return sum(
            last - first + 1 for tokens in self.read.values() for ranges in tokens.values() for first, last in ranges
        )

    def of(self, day: date, version: str, *, is_shadow: bool) -> Counts:
        """Where answers of that day and version are counted."""
        for one in self.counts:
            if (one.day, one.version, one.is_shadow) == (day, version, is_shadow):
                return one
        made = Counts(day=day, version=version, is_shadow=is_shadow)
        self.counts.append(made)
        return made


def day_name(pipeline: str, day: date) -> str:
    return f"{ROOM}/{pipeline}/days/{day.isoformat()}.json"


def day_document(vault: Vault, pipeline: str, day: date) -> DayDocument:
    """An empty one for a day of which nothing was counted, or whose document was damaged: its segments are read again."""
    data = vault.named(day_name(pipeline, day))
    try:
        return msgspec.json.decode(data, type=DayDocument) if data else DayDocument()
    except msgspec.MsgspecError:
        return DayDocument()


def keep_day(vault: Vault, pipeline: str, day: date, document: DayDocument) -> None:
    vault.name(day_name(pipeline, day), msgspec.json.encode(document))


def days_of(vault: Vault, pipeline: str, since: date, until: date) -> Iterator[tuple[date, DayDocument]]:
    """The documents of the days that have one, oldest first. Answers of a day may be in its neighbours' segments."""
    there = set(vault.names(f"{ROOM}/{pipeline}/days/"))
    day = since
    while day <= until:
        if day_name(pipeline, day) in there:
            yield day, day_document(vault, pipeline, day)
        day += timedelta(days=1)


def _joined(ranges: Ranges) -> Iterator[tuple[int, int]]:
    first, last = ranges[0]
    for start, end in ranges[1:]:
        if start > last + 1:
            yield first, last
            first, last = start, end
        else:
            last = max(last, end)
    yield first, last
