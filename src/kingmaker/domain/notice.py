"""A notice: one sentence that people outside are to hear, once for each cause."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NoticeKind(StrEnum):
    VERDICT = "verdict"
    FAULT = "fault"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """Something happened that people outside may want to hear. `cause`, `kind` and the rest are those of its notice."""

    cause: str
    kind: NoticeKind
    pipeline: str
    run: int | None
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`cause` names what happened, so that it is told once: `verdict/loans/12`, `fault/loans/extract`, `disk`.

    `count` is how often it happened since it was last told. `told_at` None: it waits to be told, or was given up after many
    `attempts`. `reached` are the places that know it already.
    """

    number: int
    cause: str
    kind: NoticeKind
    pipeline: str
    run: int | None
    title: str
    text: str
    raised_at: datetime
    count: int = 1
    attempts: int = 0
    told_at: datetime | None = None
    reached: tuple[str, ...] = ()
    detail: str = ""
    """Why it could not be told the last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFile:
    """Outcomes of loans as they were handed in: a file in the vault under `file`. Handing the same in again is one."""

    pipeline: str
    number: int
    file: str
    form: str
    """`csv`, `parquet` or `json`."""
    rows: int
    by: str
    at: datetime
