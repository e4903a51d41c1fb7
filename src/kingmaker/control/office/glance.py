"""GlanceVerbs over this machine's house."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from kingmaker.control.glancing import points_of
from kingmaker.control.housekeeping import room_left
from kingmaker.control.office.room import Room
from kingmaker.control.records import EndpointCount, EndpointLine, PipelineGlance, RoomTold
from kingmaker.control.scheduling.times import check_cron, next_times, zone_of
from kingmaker.domain.access import Right
from kingmaker.domain.alarm import Alarm
from kingmaker.loop.endpoints import GONE_AFTER_SECONDS, UNREADABLE, reports_of
from kingmaker.loop.records import EndpointReport

MOST_LINES: Final = 1000
MOST_ALARMS: Final = 1000
MOST_TIMES: Final = 100
MOST_POINTS: Final = 50


class GlanceOffice(Room):
    """GlanceVerbs, allowed or refused by who asks."""

    def glance(self, *, each: int = 12) -> list[PipelineGlance]:
        self.may_see_something()
        seen = self.in_sight()
        points = points_of(self.house, seen, each=max(1, min(each, MOST_POINTS)))
        counts, alarms = self._endpoint_counts(seen), self._open_alarms(seen)
        names = {one.pipeline for one in self.house.ledger.pipeline_standings(seen)}
        return [
            PipelineGlance(
                pipeline=name,
                points=tuple(points.get(name, ())),
                endpoints=_count(counts.get(name, Counter())),
                alarms=tuple(alarms.get(name, ())),
            )
            for name in sorted(names)
        ]

    def endpoint_lines(
        self, *, pipeline: str | None = None, named: str = "", troubled: bool = False, limit: int = 100, after: str = ""
    ) -> list[EndpointLine]:
        self.may_see_something()
        pipelines = self.in_sight(pipeline)
        behind = (after.partition("/")[0], after.partition("/")[2])
        found = reports_of(self.house, pipelines, after=behind, named=named)
        lines = (EndpointLine(pipeline=name, report=report) for name, report in found)
        chosen = (line for line in lines if not troubled or is_troubled(line.report))
        return list(islice(chosen, max(1, min(limit, MOST_LINES))))

    def times(self, cron: str, *, zone: str = "UTC", count: int = 5) -> list[datetime]:
        self.may_see_something()
        return next_times(check_cron(cron), zone_of(zone).key, self.house.clock(), max(1, min(count, MOST_TIMES)))

    def room(self) -> RoomTold:
        self.may_in_house(Right.SEE)
        left = room_left(self.house)
        return RoomTold(free=left.free, least=left.least, is_enough=left.is_enough)

    def _endpoint_counts(self, pipelines: Sequence[str] | None) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = {}
        for name, report in reports_of(self.house, pipelines):
            counts.setdefault(name, Counter())[_standing(report)] += 1
        return counts

    def _open_alarms(self, pipelines: Sequence[str] | None) -> dict[str, list[Alarm]]:
        found: dict[str, list[Alarm]] = {}
        for alarm in self.house.ledger.alarms(only_open=True, limit=MOST_ALARMS):
            if pipelines is None or alarm.pipeline in pipelines:
                found.setdefault(alarm.pipeline, []).append(alarm)
        return found


def is_troubled(report: EndpointReport) -> bool:
    return _standing(report) != "in_step" or bool(report.why)


def _standing(report: EndpointReport) -> str:
    """A field of EndpointCount."""
    if report.state == UNREADABLE:
        return "unreadable"
    if report.is_silent:
        return "gone" if (report.age_seconds or 0.0) > GONE_AFTER_SECONDS else "silent"
    return "behind" if report.behind else "in_step"


def _count(found: Counter[str]) -> EndpointCount:
    return EndpointCount(**found)
