"""PipelineVerbs over this machine's house."""

from datetime import datetime, timedelta

from kingmaker.control.office.room import Room
from kingmaker.control.records import PipelineLine
from kingmaker.domain.schedule import Declared, Schedule


class PipelinesOffice(Room):
    """PipelineVerbs, allowed or refused by who asks."""

    def pipelines(self) -> list[PipelineLine]:
        raise NotImplementedError

    def pipeline(self, pipeline: str) -> PipelineLine:
        raise NotImplementedError

    def declare(self, text: str, *, expected: int | None = None) -> Declared:
        raise NotImplementedError

    def declared(self, pipeline: str, *, number: int | None = None) -> Declared:
        raise NotImplementedError

    def declarations(self, pipeline: str) -> list[Declared]:
        raise NotImplementedError

    def schedules(self) -> list[Schedule]:
        raise NotImplementedError

    def schedule(self, pipeline: str) -> Schedule:
        raise NotImplementedError

    def set_schedule(
        self, pipeline: str, cron: str, *, zone: str = "UTC", grace: timedelta = timedelta(hours=6), priority: int = 0
    ) -> Schedule:
        raise NotImplementedError

    def pause_schedule(self, pipeline: str) -> Schedule:
        raise NotImplementedError

    def resume_schedule(self, pipeline: str) -> Schedule:
        raise NotImplementedError

    def drop_schedule(self, pipeline: str) -> None:
        raise NotImplementedError

    def next_times(self, pipeline: str, *, count: int = 5) -> list[datetime]:
        raise NotImplementedError
