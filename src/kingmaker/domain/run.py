"""A run: one turn of the loop for one pipeline, its stages, and the reasons that decide its state."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Stage(StrEnum):
    """The verbs of the loop, in the order in which a run does them."""

    EXTRACT = "extract"
    PREPARE = "prepare"
    TRAIN = "train"
    REHEARSE = "rehearse"
    SELECT = "select"
    REFIT = "refit"
    PUBLISH = "publish"


class RunState(StrEnum):
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    ABANDONED = "abandoned"

    def is_over(self) -> bool:
        """Whether nothing will change the run any more."""
        return self is not RunState.RUNNING


class RunReason(StrEnum):
    """Why a run is in its state: the reason decides the state, never the other way round."""

    REQUESTED = "requested"
    VERDICT_REACHED = "verdict_reached"
    STUDIED = "studied"
    """It went as far as was asked of it; no verdict was wanted."""
    DATA_REFUSED = "data_refused"
    STAGE_FAILED = "stage_failed"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    """Somebody asked for its end."""
    GIVEN_UP = "given_up"
    """It was taken up again and again, and whoever worked on it died each time."""

    def to_state(self) -> RunState:
        match self:
            case RunReason.REQUESTED:
                return RunState.RUNNING
            case RunReason.VERDICT_REACHED | RunReason.STUDIED:
                return RunState.FINISHED
            case RunReason.DATA_REFUSED | RunReason.STAGE_FAILED | RunReason.GIVEN_UP:
                return RunState.FAILED
            case RunReason.SUPERSEDED | RunReason.CANCELLED:
                return RunState.ABANDONED


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody or something asks for a run. Asking twice with one key is one run."""

    key: str
    pipeline: str
    declaration: str
    """The pipeline file's text, so that the run can be repeated when the file has changed."""
    declaration_digest: str
    declared_in: str
    """Path of the pipeline file: relative source paths start from its folder."""
    as_of: date
    requested_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One turn of the loop. `number` counts within the ledger and is what people type."""

    number: int
    request: Request
    reason: RunReason
    started_at: datetime
    ended_at: datetime | None = None
    detail: str = ""
    """For a failed run: the sentence of the error that ended it."""

    @property
    def state(self) -> RunState:
        return self.reason.to_state()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRecord:
    """A finished stage. Its output lies in the vault under `output`; `key` is the digest of everything it depended on."""

    run: int
    stage: Stage
    key: str
    output: str
    seconds: float
    finished_at: datetime
    reused: bool
    """True when an earlier run had done the same stage on the same inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageEntry:
    """One thing the run depended on or produced: a digest, a seed, a version of a library."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to advance one run. `token` grows with each taking: an older token can no longer write (fencing)."""

    run: int
    holder: str
    token: int
    expires_at: datetime
