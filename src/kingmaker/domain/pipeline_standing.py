"""How a pipeline stands, as far as a list of pipelines shows it."""

from dataclasses import dataclass
from datetime import datetime

from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.queue import RunStanding
from kingmaker.domain.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineStanding:
    """`declaration` is the number of the newest text; None when the pipeline only ran from files.

    `waiting` counts requests in the queue, `awaiting_decision` runs that were held until a person decides.
    """

    pipeline: str
    declaration: int | None
    champion: ChampionTurn | None
    frozen: Freeze | None
    schedule: Schedule | None
    newest_run: RunStanding | None
    waiting: int
    awaiting_decision: int
    held: tuple[int, ...] = ()
    """Those runs, oldest first."""
    schedule_fault: str = ""
    """Why the schedule could not ask for a run the last time that it was due; empty when it could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRun:
    """A run that has a verdict. `evidence` is a vault digest; `is_in_force`: what it published became the champion."""

    pipeline: str
    run: int
    at: datetime
    evidence: str
    is_in_force: bool
