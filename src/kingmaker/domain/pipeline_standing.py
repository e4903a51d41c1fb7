"""How a pipeline stands, as far as a list of pipelines shows it."""

from dataclasses import dataclass

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
