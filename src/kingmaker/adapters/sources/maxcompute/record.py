"""What became of the task flow, kept in the reading's folder so that a killed process's instances are found again."""

import hashlib
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from kingmaker.bundle.files import write_whole
from kingmaker.ports.source import Reading

FLOW: Final = "flow.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    """`asked` is what the service knows the submission by, kept before it is made; `instance` is what it answered.

    `done`: it succeeded, and the tables it made have a lifecycle. `seconds` are the service's own.
    """

    name: str
    asked: str
    instance: str = ""
    done: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRecord:
    """`maxcompute` is what is declared of the project, with which a later process reaches it; it holds no secret."""

    maxcompute: dict[str, Any] = field(default_factory=dict)
    tasks: tuple[TaskRecord, ...] = ()

    def task(self, number: int) -> TaskRecord | None:
        return self.tasks[number] if number < len(self.tasks) else None

    def with_task(self, number: int, task: TaskRecord) -> "FlowRecord":
        tasks = (*self.tasks[:number], task, *self.tasks[number + 1 :])
        return FlowRecord(maxcompute=self.maxcompute, tasks=tasks)

    @property
    def unfinished(self) -> TaskRecord | None:
        """The task that may be at work."""
        return next((task for task in self.tasks if not task.done), None)


def flow_of(folder: Path) -> FlowRecord | None:
    """What an earlier process kept there."""
    path = folder / FLOW
    return msgspec.json.decode(path.read_bytes(), type=FlowRecord) if path.is_file() else None


def keep_flow(folder: Path, flow: FlowRecord) -> None:
    """Whole, and on the disk when this returns."""
    write_whole(folder / FLOW, msgspec.json.encode(flow))


def asked_of(reading: Reading, what: str) -> str:
    """The same for the same step of the same reading, on whatever machine it is gone on with; another one for any other."""
    facts = (
        reading.declaration.model_dump(mode="json"),
        reading.occasion,
        [day.isoformat() for day in (reading.as_of, reading.start, reading.end)],
        what,
    )
    return str(uuid.UUID(bytes=hashlib.sha256(msgspec.json.encode(facts)).digest()[:16]))
