"""Declarations and schedules."""

from datetime import datetime, timedelta
from typing import Protocol

from kingmaker.control.records import (
    DataFile,
    Mistake,
    PipelineLine,
)
from kingmaker.domain.schedule import Declared, Schedule


class PipelineVerbs(Protocol):
    def pipelines(self) -> list[PipelineLine]:
        """Declared here or run from a file, by name."""

    def pipeline(self, pipeline: str) -> PipelineLine: ...

    def declare(self, text: str, *, expected: int | None = None) -> Declared:
        """Keep the text as the newest declaration of the pipeline it names.

        Its source paths are relative to the house's data folder and must lie in it. Raises DeclarationError, naming line and
        column, and Conflict when `expected` is not the number of the newest one (0: none yet).
        """

    def check(self, text: str) -> list[Mistake]:
        """Everything for which `declare` would refuse the text, in its order; nothing is kept. None: it is well declared."""

    def data_files(self) -> list[DataFile]:
        """What a pipeline can be drafted from: loans in the data folder, the newest file first, at most 200."""

    def draft(self, pipeline: str, file: str, *, target: str | None = None, outcome: str | None = None) -> str:
        """The text of a first declaration of `pipeline` for a file of the data folder, every guess explained in comments.

        `target` (a ready label) or `outcome` (the date on which a loan went bad) name the column where it cannot be guessed.
        Nothing is kept. Raises NotFound, SourceError, and DeclarationError when no outcome can be guessed.
        """

    def declared(self, pipeline: str, *, number: int | None = None) -> Declared: ...

    def declarations(self, pipeline: str) -> list[Declared]: ...

    def schedules(self) -> list[Schedule]: ...

    def schedule(self, pipeline: str) -> Schedule: ...

    def set_schedule(
        self, pipeline: str, cron: str, *, zone: str = "UTC", grace: timedelta = timedelta(hours=6), priority: int = 0
    ) -> Schedule: ...

    def pause_schedule(self, pipeline: str) -> Schedule: ...

    def resume_schedule(self, pipeline: str) -> Schedule: ...

    def drop_schedule(self, pipeline: str) -> None: ...

    def next_times(self, pipeline: str, *, count: int = 5) -> list[datetime]: ...
