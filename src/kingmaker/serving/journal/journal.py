"""The journal: takes what was answered off the event loop's hands, and never holds it up."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from kingmaker.ports.depot import Depot
from kingmaker.serving.journal.entry import Batch
from kingmaker.serving.journal.segments import Place
from kingmaker.serving.journal.tally import Tally
from kingmaker.serving.journal.telling import JournalState, readings_of, state_of
from kingmaker.serving.journal.writing import Rotation, Writer
from kingmaker.serving.readings import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLimits:
    """What a journal may take: rows waiting in memory, seconds until they are in the file, bytes on the disk.

    Segments that were shipped are kept for `keep_hours`.
    """

    waiting_rows: int = 50_000
    flush: float = 0.1
    local_bytes: int = 2 << 30
    keep_hours: float = 0.0
    rotation: Rotation = field(default_factory=Rotation)


class Journal:
    """Logs answers: `start` once, `record` from any thread, `stop` once. With no place it is off and forgets them.

    Without a depot segments stay where they are until `local_bytes` are reached.
    """

    def __init__(
        self,
        place: Place | None,
        depot: Depot | None,
        limits: JournalLimits | None = None,
        *,
        clock: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place
        self._depot = depot
        self._limits = limits or JournalLimits()
        self._clock = clock
        self._queue: deque[Batch] = deque()
        self._recording = Lock()
        self._stopping = Event()
        self._tally = Tally()
        self._threads: list[Thread] = []
        self._closed = place is None
        if place:
            token = os.urandom(6).hex()
            self._writer = Writer(place, token, self._limits.rotation, self._tally, clock=clock, elapsed=elapsed)

    def record(self, batch: Batch) -> None:
        """Log a batch that was answered; counted as dropped when too much is waiting. Never blocks, never fails."""
        if self._closed:
            return
        tally = self._tally
        rows = len(batch.ids)
        with self._recording:
            if tally.recorded - tally.drained + rows > self._limits.waiting_rows:
                tally.queue += rows
                return
            tally.recorded += rows
            self._queue.append(batch)

    def start(self) -> None:
        """Begin to write and ship, in threads of its own."""
        if self._place:
            self._threads = [Thread(target=self._write, name="journal-writer", daemon=True)]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Write what was recorded, close the segment, and try to ship it, in `timeout` seconds at most."""
        self._closed = True
        self._stopping.set()
        ends = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def readings(self) -> Iterable[Reading]:
        return readings_of(self._tally, on=self._place is not None, now=self._clock())

    def state(self) -> JournalState:
        return state_of(self._tally, self._place)

    def _write(self) -> None:
        while not self._stopping.wait(self._limits.flush):
            self._writer.drain(self._queue)
        self._writer.drain(self._queue)
        self._writer.close()
