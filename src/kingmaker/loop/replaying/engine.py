"""An engine that outlives the runs it serves: its warm processes are not started anew for every date."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kingmaker.ports.engine import Engine, Handle, Health, Outcome, Task


@dataclass(slots=True)
class StandingEngine:
    """Plays the port `Engine` with another engine that is opened at the first task and closed by `end` alone."""

    open_engine: Callable[[], Engine]
    _engine: Engine | None = None

    def warm(self) -> None:
        """Nothing: most runs of a replay find their trials recorded."""

    def submit(
        self, task: Task, spec: bytes, *, files: Sequence[Path], deadline_seconds: float, memory_bytes: int = 0
    ) -> Handle:
        self._engine = self._engine or self.open_engine()
        return self._engine.submit(
            task, spec, files=files, deadline_seconds=deadline_seconds, memory_bytes=memory_bytes
        )

    def completed(self, timeout_seconds: float) -> Iterator[Outcome]:
        return self._engine.completed(timeout_seconds) if self._engine else iter(())

    def kill(self, handle: Handle) -> None:
        if self._engine:
            self._engine.kill(handle)

    def health(self) -> Health:
        return self._engine.health() if self._engine else Health(alive=True, slots=1, busy=0)

    def close(self) -> None:
        """Nothing: the next run uses it too. A run that is broken off kills its own tasks."""

    def end(self) -> None:
        """Close the engine behind it."""
        if self._engine:
            self._engine.close()
        self._engine = None
