"""The fits of one refit, side by side in processes of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kingmaker.loop.refitting.fit_again import RefitOrder, fit_again
from kingmaker.ports.engine import Engine, Handle, Outcome, OutcomeKind

ATTEMPTS_WHEN_LOST = 2
"""A process that died without a word may have been killed by chance: it gets another try."""
LISTEN_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of each fit."""

    seconds: float
    memory_bytes: int


@dataclass(kw_only=True)
class Fits:
    """The fits of some orders on the same files. `told` hears how many have ended. Used once, from one thread."""

    orders: Sequence[RefitOrder]
    files: Sequence[Path]
    limits: Limits
    told: Callable[[int], None]
    _running: dict[Handle, int] = field(default_factory=dict)
    _attempts: dict[int, int] = field(default_factory=dict)
    _answers: dict[int, bytes] = field(default_factory=dict)

    def run(self, engine: Engine) -> tuple[bytes, ...] | Outcome:
        """The orders' answers in their order; or how the first fit ended that failed: the others are killed then."""
        try:
            for index in range(len(self.orders)):
                self._submit(engine, index)
            while self._running:
                for outcome in engine.completed(LISTEN_SECONDS):
                    if self._has_failed(engine, outcome):
                        return outcome
        finally:
            for handle in self._running:
                engine.kill(handle)
        return tuple(self._answers[index] for index in range(len(self.orders)))

    def _submit(self, engine: Engine, index: int) -> None:
        self._attempts[index] = self._attempts.get(index, 0) + 1
        handle = engine.submit(
            fit_again,
            self.orders[index].to_bytes(),
            files=self.files,
            deadline_seconds=self.limits.seconds,
            memory_bytes=self.limits.memory_bytes,
        )
        self._running[handle] = index

    def _has_failed(self, engine: Engine, outcome: Outcome) -> bool:
        index = self._running.pop(outcome.handle, None)
        if index is None:
            return False  # of fits on this engine that were broken off
        if outcome.kind is OutcomeKind.OK:
            self._answers[index] = outcome.value
            self.told(len(self._answers))
            return False
        if outcome.kind is OutcomeKind.LOST and self._attempts[index] < ATTEMPTS_WHEN_LOST:
            self._submit(engine, index)
            return False
        return True
