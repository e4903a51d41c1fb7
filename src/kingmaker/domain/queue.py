"""What was asked for and waits: the queue of requests, what a run tells while it works, and the wish that it end."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kingmaker.domain.run import Request, Run, Stage
from kingmaker.domain.verdict import Decision


class Origin(StrEnum):
    """Who or what asks."""

    PERSON = "person"
    SCHEDULE = "schedule"
    SYSTEM = "system"


class QueueState(StrEnum):
    WAITING = "waiting"
    STARTED = "started"
    """It became a run, whose state says the rest."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedRequest:
    """A request in the queue. `number` counts within the ledger; higher `priority` first, then the older one.

    `key` is the asker's idempotency key: asking again with it is answered with this. `run` is what it became.
    """

    number: int
    key: str
    request: Request
    origin: Origin
    priority: int
    asked_at: datetime
    state: QueueState
    run: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvent:
    """Something a run told while it worked. `number` starts at 1 in each run and grows by one.

    `kind` is `stage` (one begins: `stage` and its sentence), `advance` (`done` of `total`, with a note), `said` (a sentence) or
    `ended` (the run is over, for the reason in `text`).
    """

    run: int
    number: int
    at: datetime
    kind: str
    stage: str
    text: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """The wish that a run end. Whoever conducts it obeys within seconds."""

    run: int
    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStanding:
    """How a run stands, as far as a list shows it.

    `is_held`: a live holder works on it. `finished_stage` is the newest that finished, None before the first.
    `awaits_decision`: a person must approve or reject what it published.
    """

    run: Run
    is_held: bool
    finished_stage: Stage | None
    decision: Decision | None
    awaits_decision: bool
    cancellation: Cancellation | None
