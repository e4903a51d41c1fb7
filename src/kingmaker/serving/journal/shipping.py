"""The shipper: closed segments go to the depot's inbox, oldest first, and the disk stays within its bounds."""

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kingmaker.domain.errors import KingmakerError
from kingmaker.ports.depot import Depot, DepotUnreachable
from kingmaker.sealing.keyring import Keyring
from kingmaker.serving.journal.limits import Pace, Retention
from kingmaker.serving.journal.packing import pack, rows_in
from kingmaker.serving.journal.place import CLOSED, Place
from kingmaker.serving.journal.segments import recover
from kingmaker.serving.journal.tally import Tally

LOCK = ".shipping"
SEGMENTS_AT_ONCE = 16
"""Then the disk's bounds are looked after again."""


class Shipper:
    """Belongs to one thread; of the processes that share a place, one at a time ships.

    `clock` is the time of day in seconds since 1970, `elapsed` never goes back.
    """

    def __init__(  # noqa: PLR0913 - what a journal is made of
        self,
        place: Place,
        depot: Depot | None,
        retention: Retention,
        pace: Pace,
        tally: Tally,
        *,
        clock: Callable[[], float],
        elapsed: Callable[[], float],
        keyring: Keyring | None = None,
    ) -> None:
        self._place = place
        self._keyring = keyring
        self._depot = depot
        self._retention = retention
        self._pace = pace
        self._tally = tally
        self._clock = clock
        self._elapsed = elapsed
        self._lock: int | None = None
        self._failures = 0
        self._not_before = self._due = float("-inf")
        self._seen = 0

    def look(self, *, now_or_never: bool = False) -> bool:
        """Recover, pack, retain and ship if there is cause to; True when there is more to do at once. Raises nothing.

        `now_or_never` does not wait out a back-off.
        """
        try:
            if now_or_never or self._has_cause():
                return self._is_first() and self._tend(ship=now_or_never or self._elapsed() >= self._not_before)
        except OSError as error:
            self._failed(f"{self._place.path}: the log cannot be tended: {error.strerror or error}")
        return False

    def close(self) -> None:
        """Let another process ship."""
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None

    def _has_cause(self) -> bool:
        """The folder changed, or it is time: thousands of waiting segments are not listed each second."""
        return _stamp(self._place.path) != self._seen or self._elapsed() >= self._due

    def _tend(self, *, ship: bool) -> bool:
        self._seen = _stamp(self._place.path)
        self._due = self._elapsed() + self._pace.longest
        recover(self._place.path)
        unsealed = self._pack()
        self._expire()
        self._retain()
        more = self._ship(self._depot) if self._depot and ship else False
        if unsealed:
            self._tally.shipping_failure = unsealed
        self._tally.pending_bytes = sum(map(_size, self._place.waiting()))
        return more

    def _pack(self) -> str:
        """What cannot be packed, on a full disk for instance, is shipped as it is; not what cannot be sealed: why not."""
        try:
            for segment in self._place.waiting():
                if segment.name.endswith(CLOSED):
                    with suppress(OSError):
                        pack(segment, keyring=self._keyring)
        except KingmakerError as error:
            return f"the log of answers cannot be sealed: {error.sentence()}"
        return ""

    def _ship(self, depot: Depot) -> bool:
        failure, shipped = "", 0
        for segment in self._place.waiting():
            if shipped == SEGMENTS_AT_ONCE:
                break
            if self._keyring is not None and segment.name.endswith(CLOSED):
                continue
            try:
                depot.leave(self._place.inbox_name(segment), segment)
            except DepotUnreachable as error:
                failure = error.sentence()
                break
            except Exception as error:  # noqa: BLE001 - one segment that the depot refuses must not keep the others here
                failure = f"{segment.name} could not be shipped: {error}"
                continue
            self._shipped(segment)
            shipped += 1
        if shipped or not failure:
            self._failures = 0
            self._tally.shipping_failure = ""
        if failure:
            self._failed(failure)
        return shipped == SEGMENTS_AT_ONCE and not failure

    def _shipped(self, segment: Path) -> None:
        now = self._clock()
        self._tally.segments_shipped += 1
        self._tally.last_shipped = now
        if self._retention.keep_hours <= 0:
            segment.unlink(missing_ok=True)
            return
        self._place.shipped.mkdir(exist_ok=True)
        os.utime(segment, (now, now))
        segment.rename(self._place.shipped / segment.name)

    def _expire(self) -> None:
        oldest = self._clock() - self._retention.keep_hours * 3600
        for segment in self._place.kept():
            if segment.stat().st_mtime < oldest:
                segment.unlink(missing_ok=True)

    def _retain(self) -> None:
        """Beyond the bound shipped segments go first, then those that nobody else has: their rows are counted."""
        waiting = self._place.waiting()
        alone = set(waiting)
        files = [*self._place.kept(), *waiting]
        excess = sum(map(_size, files)) - self._retention.local_bytes
        for segment in files:
            if excess <= 0:
                return
            excess -= _size(segment)
            if segment in alone:
                self._tally.retention += rows_in(segment, self._keyring)
            segment.unlink(missing_ok=True)

    def _failed(self, sentence: str) -> None:
        wait = min(self._pace.longest, self._pace.first * 2.0**self._failures)
        self._failures = min(self._failures + 1, 30)
        self._not_before = self._due = self._elapsed() + wait
        self._tally.shipping_failure = sentence

    def _is_first(self) -> bool:
        """Whether this process ships: it holds the lock, or could take it."""
        if self._lock is None:
            self._lock = _locked(self._place.path / LOCK)
        return self._lock is not None


def _locked(path: Path) -> int | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        if isinstance(error, BlockingIOError):
            return None
        raise
    return file


def _stamp(folder: Path) -> int:
    return folder.stat().st_mtime_ns if folder.is_dir() else 0


def _size(segment: Path) -> int:
    try:
        return segment.stat().st_size
    except FileNotFoundError:
        return 0
