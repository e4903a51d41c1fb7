"""Duties: what the control centre does by itself, each in a thread of its own that outlives every mistake of the duty."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Final, Protocol

from kingmaker.domain.errors import KingmakerError

_LOG = logging.getLogger(__name__)

LONGEST_PAUSE: Final = 60.0
FIRST_RETRY: Final = 1.0
LONGEST_RETRY: Final = 30.0


class Duty(Protocol):
    """Something that is due again and again. Several control centres do the same duty at once: the ledger keeps them apart."""

    @property
    def name(self) -> str: ...

    def tick(self) -> float:
        """Do what is due now; answers in how many seconds to look again. Whatever it raises is logged, and tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyReading:
    """How a duty fares. `failing_since` is None while its newest tick went well; `why` is what it last raised."""

    name: str
    ticks: int = 0
    failures: int = 0
    last_at: datetime | None = None
    failing_since: datetime | None = None
    why: str = ""


class Duties:
    """Starts and stops the threads. `nudge` wakes one duty before its time."""

    def __init__(self, duties: Sequence[Duty], *, clock: Callable[[], datetime]) -> None:
        self._watches = {duty.name: _Watch(duty, clock) for duty in duties}

    def start(self) -> None:
        for watch in self._watches.values():
            watch.thread.start()

    def nudge(self, name: str) -> None:
        """Harmless for a duty that is not done here."""
        if name in self._watches:
            self._watches[name].bell.set()

    def stop(self, seconds: float) -> None:
        """Let each duty end its tick, waiting at most so long for all of them."""
        for watch in self._watches.values():
            watch.over = True
            watch.bell.set()
        deadline = monotonic() + seconds
        for watch in self._watches.values():
            with suppress(RuntimeError):
                watch.thread.join(max(0.0, deadline - monotonic()))

    def readings(self) -> tuple[DutyReading, ...]:
        return tuple(watch.reading for watch in self._watches.values())


class _Watch:
    def __init__(self, duty: Duty, clock: Callable[[], datetime]) -> None:
        self._duty = duty
        self._clock = clock
        self._retry = FIRST_RETRY
        self.reading = DutyReading(name=duty.name)
        self.bell = threading.Event()
        self.over = False
        self.thread = threading.Thread(target=self._watch, name=f"duty {duty.name}", daemon=True)

    def _watch(self) -> None:
        while not self.over:
            pause = self._tick()
            self.bell.wait(min(pause, LONGEST_PAUSE))
            self.bell.clear()

    def _tick(self) -> float:
        try:
            pause = self._duty.tick()
        except Exception as error:  # noqa: BLE001 - a duty that raises is done again, whatever it raised
            return self._failed(error)
        self._retry = FIRST_RETRY
        now = self._clock()
        self.reading = replace(self.reading, ticks=self.reading.ticks + 1, last_at=now, failing_since=None, why="")
        return pause

    def _failed(self, error: Exception) -> float:
        known = isinstance(error, KingmakerError)
        _LOG.warning("duty %s failed: %s", self._duty.name, error, exc_info=None if known else error)
        self.reading = replace(
            self.reading,
            failures=self.reading.failures + 1,
            failing_since=self.reading.failing_since or self._clock(),
            why=str(error) or type(error).__name__,
        )
        pause, self._retry = self._retry, min(LONGEST_RETRY, self._retry * 2)
        return pause
