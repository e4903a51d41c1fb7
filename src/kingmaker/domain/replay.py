"""A replay that was asked for: what is to be replayed, how far it is, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Holds(StrEnum):
    """What becomes of a challenger that waits for a person, whom a replay does not have."""

    REFUSE = "refuse"
    """Nobody approves it: the champion stays."""
    APPROVE = "approve"
    """It is approved at once."""


class ReplayState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    """Begun and not over; somebody works on it, or will take it up again."""
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"

    def is_over(self) -> bool:
        return self not in {ReplayState.WAITING, ReplayState.RUNNING}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOrder:
    """What is to be replayed: a declaration of the pipeline, by its number, and the dates from `first` on.

    `last` is the day that no date is later than, `dates` how many there are. `policies` are values of `Promote`.
    """

    pipeline: str
    declaration: int
    first: date
    last: date
    every: str
    dates: int
    policies: tuple[str, ...]
    holds: Holds


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayProgress:
    """How far a replay is. `stage` is `replay`, or `look back` when every policy has decided at every date.

    `done` of `total` steps of the stage. `dates_done` are those at which every policy has decided. `seconds_left` None: not
    known yet; `is_least` says that it will be more, by steps of a kind that was not done yet.
    """

    stage: str
    done: int
    total: int
    dates_done: int
    seconds_left: float | None = None
    is_least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRequest:
    """A replay by its number, which counts within the ledger. `progress` is None until somebody has worked on it.

    `cancelled_by` is whoever wished for its end, empty when nobody did; a replay under way obeys within seconds. `detail` says
    why it failed or was cancelled. `result` and `page` are digests of files in the vault, None until it is finished.
    """

    number: int
    key: str
    order: ReplayOrder
    requested_by: str
    asked_at: datetime
    state: ReplayState
    progress: ReplayProgress | None = None
    is_held: bool = False
    """Somebody who lives works on it now."""
    cancelled_by: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    detail: str = ""
    result: str | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayLease:
    """The right to do one replay. `token` grows with each taking: an older token can no longer write (fencing)."""

    replay: int
    holder: str
    token: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOutlook:
    """What a replay would be. `seconds` is roughly how long it takes here, None when nothing comparable was done yet."""

    order: ReplayOrder
    dates: tuple[date, ...]
    seconds: float | None
