"""What the overview is told of at one moment."""

from dataclasses import dataclass
from datetime import datetime

from kingmaker.control.office.office import Office
from kingmaker.control.records import PipelineGlance, PipelineLine
from kingmaker.domain.access import Right
from kingmaker.domain.queue import RunEvent

MOST_FOLLOWED = 12
"""Runs under way whose progress is asked for; each is a question of its own."""


@dataclass(frozen=True, slots=True)
class Seen:
    """`advances` are the newest of runs under way, by run. `is_disk_low`: no run starts for want of room."""

    at: datetime
    lines: tuple[PipelineLine, ...]
    glances: dict[str, PipelineGlance]
    advances: dict[int, RunEvent]
    is_disk_low: bool

    def glance(self, pipeline: str) -> PipelineGlance | None:
        return self.glances.get(pipeline)


def look(office: Office) -> Seen:
    """In few questions, however many pipelines there are."""
    lines = tuple(office.pipelines())
    under_way = [
        one.newest_run.run.number for one in lines if one.newest_run is not None and one.newest_run.state == "under way"
    ]
    told = {run: _newest_advance(office, run) for run in under_way[:MOST_FOLLOWED]}
    return Seen(
        at=office.house.clock(),
        lines=lines,
        glances={one.pipeline: one for one in office.glance()},
        advances={run: event for run, event in told.items() if event is not None},
        is_disk_low=office.who.may(Right.SEE) and not office.room().is_enough,
    )


def _newest_advance(office: Office, run: int) -> RunEvent | None:
    events = office.events(run, limit=20, newest=True)
    return next((one for one in reversed(events) if one.kind == "advance" and one.total), None)
