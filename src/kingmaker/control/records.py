"""What verbs answer with where no word of the domain says it whole. Plain records: JSON out, and the same records in again."""

from dataclasses import dataclass
from datetime import datetime

from kingmaker.domain.access import Role
from kingmaker.domain.alarm import Alarm
from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.companions import CompanionChange
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.queue import Cancellation, QueuedRequest
from kingmaker.domain.run import Run
from kingmaker.domain.schedule import Schedule
from kingmaker.domain.verdict import Decision
from kingmaker.loop.records import EndpointReport


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A run in a list. `state` as people read it: `under way`, `unfinished`, `finished`, `failed`, `cancelled`, `abandoned`.

    `stage` is the newest that began, empty before the first; `awaits_decision` says that a person must approve or reject it.
    """

    run: Run
    state: str
    stage: str
    decision: Decision | None
    awaits_decision: bool
    cancellation: Cancellation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reign:
    """Who is in force, and what was tried beside it at that moment. `frozen` is the freeze in force now."""

    pipeline: str
    turn: ChampionTurn
    companions: CompanionChange | None
    frozen: Freeze | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineLine:
    """A pipeline in a list. `declaration` is the number of its newest text here, None when it only ran from files."""

    pipeline: str
    declaration: int | None
    champion: ChampionTurn | None
    frozen: Freeze | None
    schedule: Schedule | None
    newest_run: RunLine | None
    waiting: int
    """Requests in the queue."""
    awaiting_decision: int
    """Runs that were held and wait for a person."""
    held: tuple[int, ...] = ()
    """Their numbers, oldest first."""
    schedule_fault: str = ""
    """Why the schedule could not ask for a run the last time that it was due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Something that a declaration must not say, where it says so; `line` and `column` start at 1."""

    line: int
    column: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A file of loans in the data folder; `path` is relative to it, as a declaration names it."""

    path: str
    bytes: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who asks, as the control centre knows them."""

    name: str
    roles: tuple[Role, ...]
    pipelines: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditProof:
    """`entries` were proven, from the first to the last, with every row they vouch for. `digest` is the newest entry's."""

    entries: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTold:
    """A public key: its short name and its text, as `kingmaker keys` prints it."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request and, once it became one, its run."""

    request: QueuedRequest
    line: RunLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePoint:
    """How the model that was in force after a run did on that run's test window. Rates are in [0, 1], at the cut."""

    run: int
    at: datetime
    auc: float
    false_kill: float
    approval_rate: float
    bad_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointCount:
    """Endpoints of a pipeline. Each is one of these: `gone` ones have been silent for more than a day."""

    in_step: int = 0
    behind: int = 0
    silent: int = 0
    unreadable: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineGlance:
    """A pipeline in figures. `points` oldest first; `alarms` are those that last."""

    pipeline: str
    points: tuple[FigurePoint, ...]
    endpoints: EndpointCount
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointLine:
    """An endpoint in a list of several pipelines'."""

    pipeline: str
    report: EndpointReport


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomTold:
    """What is free where the home lies, and the least that a new run needs, in bytes."""

    free: int
    least: int
    is_enough: bool
