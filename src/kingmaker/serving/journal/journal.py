"""The journal: takes what was answered off the event loop's hands, and never holds it up."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from threading import Event, Lock, Thread

from kingmaker.ports.depot import Depot
from kingmaker.sealing.keyring import Keyring
from kingmaker.serving.journal.entry import Batch
from kingmaker.serving.journal.limits import JournalLimits
from kingmaker.serving.journal.place import Place
from kingmaker.serving.journal.segments import OpenSegment
from kingmaker.serving.journal.shipping import Shipper
from kingmaker.serving.journal.tally import Tally
from kingmaker.serving.journal.telling import JournalState, readings_of, state_of
from kingmaker.serving.journal.writing import Writer
from kingmaker.serving.readings import Reading

BUSILY = 0.1
"""While there is something to write the writer looks so much sooner: the event loop shares the interpreter and the processors
with it more evenly in small portions."""


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
        keyring: Keyring | None = None,
        clock: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """`keyring` seals segments once they are closed. `clock` is in seconds since 1970, `elapsed` never goes back."""
        limits = limits or JournalLimits()
        self._place = place
        self._limits = limits
        self._waiting_rows = limits.waiting_rows
        self._clock = clock
        self._queue: deque[Batch] = deque()
        self._closing: SimpleQueue[OpenSegment | None] = SimpleQueue()
        self._recording = Lock()
        self._stopping, self._written = Event(), Event()
        self._tally = tally = Tally()
        self._threads: list[Thread] = []
        self._is_closed = place is None
        if place:
            token = os.urandom(6).hex()
            clocks = {"clock": clock, "elapsed": elapsed}
            self._writer = Writer(place, token, limits.rotation, tally, **clocks, close=self._closing.put)
            self._shipper = Shipper(place, depot, limits.retention, limits.pace, tally, keyring=keyring, **clocks)

    def record(self, batch: Batch) -> None:
        """Log a batch that was answered; counted as dropped when too much is waiting. Never blocks, never fails."""
        if self._is_closed:
            return
        tally = self._tally
        rows = len(batch.ids)
        with self._recording:
            if tally.recorded - tally.drained + rows > self._waiting_rows:
                tally.queue += rows
                return
            tally.recorded += rows
            self._queue.append(batch)

    def start(self) -> None:
        """Begin to write and to ship, in threads of their own, with what an earlier process left."""
        if not self._place:
            return
        works = (("journal-writer", self._write), ("journal-closer", self._close), ("journal-shipper", self._ship))
        self._threads = [Thread(target=work, name=name, daemon=True) for name, work in works]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Write what was recorded, close the segment and try to ship it, in `timeout` seconds at most."""
        self._is_closed = True
        self._stopping.set()
        ends = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def readings(self) -> Iterable[Reading]:
        return readings_of(self._tally, on=self._place is not None, now=self._clock())

    def state(self) -> JournalState:
        return state_of(self._tally, self._place)

    def _write(self) -> None:
        pause = self._limits.flush
        while not self._stopping.wait(pause):
            before = self._tally.drained
            self._writer.drain(self._queue)
            pause = self._limits.flush * (BUSILY if self._tally.drained > before else 1.0)
        self._writer.drain(self._queue)
        self._writer.close()
        self._closing.put(None)

    def _close(self) -> None:
        """Apart from the writer, for whom too much would be waiting by the time that the disk has a segment."""
        while (segment := self._closing.get()) is not None:
            segment.close()
        self._written.set()

    def _ship(self) -> None:
        more = False
        while not self._stopping.wait(0.0 if more else self._limits.pace.look):
            more = self._shipper.look()
        self._written.wait()
        while self._shipper.look(now_or_never=True):
            continue
        self._shipper.close()
