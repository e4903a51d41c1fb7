"""What the page of a pipeline shows: read at one go, in a thread, and never more than a page of anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kingmaker.control.office.office import Office
from kingmaker.control.records import PipelineLine, Reign
from kingmaker.domain.champion import ChampionTurn, ModelVersion
from kingmaker.domain.errors import KingmakerError, NotFound
from kingmaker.domain.schedule import Declared
from kingmaker.loop.figure_records import RunFigures
from kingmaker.loop.records import Budget, EndpointReport

PAGE: Final = 20
"""Verdicts on a page."""
MOST_VERSIONS: Final = 100
"""To choose from, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """`figures` are a page of verdicts, newest first, up to `until`; `older` says that there are more behind them.

    `reign` None: nobody is in force. `budget` None: it never ran, or its declaration cannot be read. `declared` None: it only
    ever ran from files. `alarms` counts those that last, 101 standing for more than a hundred.
    """

    line: PipelineLine
    reign: Reign | None
    history: Sequence[ChampionTurn]
    versions: Sequence[ModelVersion]
    figures: Sequence[RunFigures]
    before: int | None
    older: bool
    until: datetime
    budget: Budget | None
    next_times: Sequence[datetime]
    endpoints: Sequence[EndpointReport]
    declared: Declared | None
    alarms: int

    @property
    def pipeline(self) -> str:
        return self.line.pipeline

    @property
    def former(self) -> tuple[str, ...]:
        """Versions that were in force and are not now, the last first: those that there is a way back to."""
        now = self.reign.turn.version if self.reign else None
        return tuple(dict.fromkeys(turn.version for turn in reversed(self.history) if turn.version != now))

    @property
    def never_crowned(self) -> tuple[str, ...]:
        """Published versions that were never in force, the newest first: those that can be promoted."""
        crowned = {turn.version for turn in self.history}
        return tuple(one.version for one in self.versions if one.version not in crowned)

    def learner_of(self, version: str) -> str:
        return next((one.learner for one in self.versions if one.version == version), "")


def read(office: Office, pipeline: str, before: int | None) -> Seen:
    """Raises NotFound for a pipeline that is not there for whoever asks."""
    line = office.pipeline(pipeline)
    figures = office.figures(pipeline, limit=PAGE + 1, before=before)
    return Seen(
        line=line,
        reign=office.champion(pipeline),
        history=office.history(pipeline),
        versions=office.versions(pipeline)[:MOST_VERSIONS],
        figures=figures[:PAGE],
        before=before,
        older=len(figures) > PAGE,
        until=figures[0].recorded_at if before is not None and figures else office.house.clock(),
        budget=_budget(office, pipeline),
        next_times=office.next_times(pipeline) if line.schedule else [],
        endpoints=office.endpoints(pipeline),
        declared=_declared(office, pipeline),
        alarms=len(office.alarms(pipeline, only_open=True, limit=101)),
    )


def _budget(office: Office, pipeline: str) -> Budget | None:
    try:
        return office.budget(pipeline)
    except KingmakerError:
        return None


def _declared(office: Office, pipeline: str) -> Declared | None:
    try:
        return office.declared(pipeline)
    except NotFound:
        return None
