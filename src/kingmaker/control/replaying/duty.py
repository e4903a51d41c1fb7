"""The duty that has replays done: one process, started when a replay is due, and gone when it is over."""

import logging
import subprocess
import threading
from contextlib import suppress
from time import monotonic
from typing import Final

from kingmaker.control.housekeeping import room_left
from kingmaker.control.running.child import StartChild
from kingmaker.ports.house import House

_LOG = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
SHORT_LIFE_SECONDS: Final = 10.0
LONGEST_PAUSE: Final = 60.0


class Replays:
    """Several control centres and workers do it at once: the ledger gives a replay to one process."""

    name = "replays"

    def __init__(self, house: House, start: StartChild) -> None:
        self._house = house
        self._start = start
        self._child: subprocess.Popen[bytes] | None = None
        self._since = 0.0
        self._not_before = 0.0
        self._died_young = 0
        self._lock = threading.Lock()
        self._over = False

    def tick(self) -> float:
        """Bury the process that has ended, and start one for what is due while there is room for it."""
        with self._lock:
            self._bury()
            is_free = self._child is None and not self._over and monotonic() >= self._not_before
            if is_free and self._house.ledger.replay_is_due() and room_left(self._house).is_enough:
                self._child, self._since = self._start(), monotonic()
        return LOOK_SECONDS

    @property
    def child(self) -> int | None:
        """The process that does a replay now."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def stop(self, seconds: float) -> None:
        """Let the process give its lease back and go; after so many seconds it is killed."""
        with self._lock:
            self._over = True
            if self._child is None:
                return
            _tell_to_go(self._child)
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(seconds)
            if self._child.poll() is None:
                self._child.kill()
            self._child.wait()
            self._child = None

    def _bury(self) -> None:
        """Processes that die young are started again ever more slowly."""
        child = self._child
        if child is None or child.poll() is None:
            return
        _tell_to_go(child)
        self._child = None
        if child.returncode == 0:
            self._died_young = 0
            return
        _LOG.warning("process %d, which did a replay, ended by itself (exit code %d)", child.pid, child.returncode)
        self._died_young = self._died_young + 1 if monotonic() - self._since < SHORT_LIFE_SECONDS else 0
        if self._died_young:
            self._not_before = monotonic() + min(LONGEST_PAUSE, 2.0**self._died_young)


def _tell_to_go(child: "subprocess.Popen[bytes]") -> None:
    """By the end of its orders; it has nothing to say."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
