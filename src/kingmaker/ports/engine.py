"""The engine: where trials run. Narrow on purpose: submit, completed, kill, health, close."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class OutcomeKind(StrEnum):
    OK = "ok"
    RAISED = "raised"
    LOST = "lost"
    """The process died without a word (killed from outside, crashed in native code)."""
    OUT_OF_TIME = "out_of_time"
    OUT_OF_MEMORY = "out_of_memory"
    KILLED = "killed"


Task = Callable[[bytes, Sequence[Path]], bytes]
"""A module-level function: small spec (JSON bytes) and local files in, small result (bytes) out. Imports no engine."""


@dataclass(frozen=True, slots=True)
class Handle:
    """Names one submitted task for as long as its engine is open."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a task ended: `value` for OK, else `message` and (for RAISED) `traceback`.

    `seconds` are counted from `started_at`, which is None for a task that never began or whose beginning nobody knows.
    """

    handle: Handle
    kind: OutcomeKind
    seconds: float
    started_at: datetime | None = None
    value: bytes = b""
    message: str = ""
    traceback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`slots` tasks may run at once, `busy` of them do now."""

    alive: bool
    slots: int
    busy: int
    detail: str = ""


class Engine(Protocol):
    """Runs tasks, each in a process of its own that can be killed while native code runs. Used from one thread."""

    def warm(self) -> None:
        """Get ready in the background, so that the first task starts at once. Harmless when repeated or left out."""

    def submit(
        self, task: Task, spec: bytes, *, files: Sequence[Path], deadline_seconds: float, memory_bytes: int = 0
    ) -> Handle:
        """Queue a task; it starts when a slot is free, and its deadline counts from its start. `memory_bytes` 0: no limit."""

    def completed(self, timeout_seconds: float) -> Iterator[Outcome]:
        """Outcomes not yet handed out, waiting at most the timeout for the first. Each is handed out once."""

    def kill(self, handle: Handle) -> None:
        """Stop a task for good, queued or running; idempotent; its outcome is KILLED unless it ended before."""

    def health(self) -> Health: ...

    def close(self) -> None:
        """Kill what runs and free everything. Idempotent."""
