"""What verbs answer with where no word of the domain says it whole. Plain records: JSON out, and the same records in again."""

from dataclasses import dataclass

from kingmaker.domain.access import Role
from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.companions import CompanionChange
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.queue import Cancellation, QueuedRequest
from kingmaker.domain.run import Run
from kingmaker.domain.schedule import Schedule
from kingmaker.domain.verdict import Decision


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
