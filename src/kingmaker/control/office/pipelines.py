"""PipelineVerbs over this machine's house."""

from datetime import datetime, timedelta
from typing import Final

from kingmaker.control.data_folder import data_files, draft_for
from kingmaker.control.declaring import WHERE, declare, newest_declaration, parsed, read_declaration
from kingmaker.control.lines import pipeline_line
from kingmaker.control.office.room import Room
from kingmaker.control.proofreading import mistakes_of
from kingmaker.control.records import DataFile, Mistake, PipelineLine
from kingmaker.control.scheduling.times import ScheduleInvalid, check_cron, next_time, next_times, zone_of
from kingmaker.domain.access import Right
from kingmaker.domain.errors import DeclarationError, NotFound
from kingmaker.domain.schedule import Declared, Schedule

LONGEST_GRACE: Final = timedelta(days=31)
HIGHEST_PRIORITY: Final = 1000
MOST_TIMES: Final = 100


class PipelinesOffice(Room):
    """PipelineVerbs, allowed or refused by who asks."""

    def pipelines(self) -> list[PipelineLine]:
        standings = self.house.ledger.pipeline_standings(self.who.pipelines)
        return [pipeline_line(one) for one in standings if self.who.may(Right.SEE, one.pipeline)]

    def pipeline(self, pipeline: str) -> PipelineLine:
        standings = self.house.ledger.pipeline_standings([self.may(Right.SEE, pipeline)])
        if not standings:
            raise self.no_such_pipeline(pipeline)
        return pipeline_line(standings[0])

    def declare(self, text: str, *, expected: int | None = None, pipeline: str | None = None) -> Declared:
        """`pipeline`, when it is named, must be the one that the text declares."""
        declared = parsed(text).pipeline
        self.may(Right.ASK, declared)
        if pipeline not in {None, declared}:
            raise DeclarationError(
                f"the text declares {declared!r}, but it was handed in as {pipeline!r}",
                where=WHERE,
                remedy="Hand it in under the name that it declares.",
            )
        return declare(self.house, read_declaration(self.house, text), text, by=self.who.name, expected=expected)

    def check(self, text: str) -> list[Mistake]:
        self.may_somewhere(Right.ASK)
        return mistakes_of(self.house, text)

    def data_files(self) -> list[DataFile]:
        self.may_somewhere(Right.ASK)
        return data_files(self.house)

    def draft(self, pipeline: str, file: str, *, target: str | None = None, outcome: str | None = None) -> str:
        return draft_for(self.house, self.may(Right.ASK, pipeline), file, target=target, outcome=outcome)

    def declared(self, pipeline: str, *, number: int | None = None) -> Declared:
        self._may_of_known(Right.SEE, pipeline)
        newest = newest_declaration(self.house, pipeline)
        if number is None:
            return newest
        found = self.house.ledger.declared(pipeline, number=number)
        if found is None:
            raise NotFound(
                f"there is no declaration {number} of pipeline {pipeline}",
                remedy=f"They are numbered from 1 to {newest.number}.",
            )
        return found

    def declarations(self, pipeline: str) -> list[Declared]:
        return self.house.ledger.declarations(self._may_of_known(Right.SEE, pipeline))

    def schedules(self) -> list[Schedule]:
        return [one for one in self.house.ledger.schedules() if self.who.may(Right.SEE, one.pipeline)]

    def schedule(self, pipeline: str) -> Schedule:
        schedule = self.house.ledger.schedule(self._may_of_known(Right.SEE, pipeline))
        if schedule is None:
            raise NotFound(f"pipeline {pipeline} has no schedule", remedy="`kingmaker schedule set` gives it one.")
        return schedule

    def set_schedule(
        self, pipeline: str, cron: str, *, zone: str = "UTC", grace: timedelta = timedelta(hours=6), priority: int = 0
    ) -> Schedule:
        newest_declaration(self.house, self._may_of_known(Right.ASK, pipeline))
        fields, place, now = check_cron(cron), zone_of(zone).key, self.house.clock()
        _refuse_beyond(grace, priority)
        schedule = Schedule(
            pipeline=pipeline,
            cron=fields,
            zone=place,
            grace=grace,
            priority=priority,
            set_by=self.who.name,
            set_at=now,
            next_at=next_time(fields, place, now),
        )
        return self.house.ledger.put_schedule(schedule)

    def pause_schedule(self, pipeline: str) -> Schedule:
        return self.house.ledger.pause_schedule(self._may_of_known(Right.ASK, pipeline), by=self.who.name)

    def resume_schedule(self, pipeline: str) -> Schedule:
        """It goes on with its first time from now; what it missed while it was paused is not caught up with."""
        self._may_of_known(Right.ASK, pipeline)
        standing = self.schedule(pipeline)
        next_at = next_time(standing.cron, standing.zone, self.house.clock())
        return self.house.ledger.resume_schedule(pipeline, next_at=next_at, by=self.who.name)

    def drop_schedule(self, pipeline: str) -> None:
        self.house.ledger.drop_schedule(self._may_of_known(Right.ASK, pipeline), by=self.who.name)

    def next_times(self, pipeline: str, *, count: int = 5) -> list[datetime]:
        """In the schedule's time zone; none while it is paused."""
        schedule = self.schedule(pipeline)
        if schedule.is_paused:
            return []
        wanted = max(1, min(count, MOST_TIMES))
        return next_times(schedule.cron, schedule.zone, self.house.clock(), wanted)

    def _may_of_known(self, right: Right, pipeline: str) -> str:
        """As `may`, and NotFound also for a pipeline that never ran and was never declared."""
        self.may(right, pipeline)
        ledger = self.house.ledger
        if ledger.declared(pipeline) is None and not ledger.runs(pipeline, limit=1):
            raise self.no_such_pipeline(pipeline)
        return pipeline


def _refuse_beyond(grace: timedelta, priority: int) -> None:
    if not timedelta(0) <= grace <= LONGEST_GRACE:
        raise ScheduleInvalid(f"the grace is not between nothing and {LONGEST_GRACE.days} days", where="grace")
    if abs(priority) > HIGHEST_PRIORITY:
        raise ScheduleInvalid(
            f"the priority is not between -{HIGHEST_PRIORITY} and {HIGHEST_PRIORITY}", where="priority"
        )
