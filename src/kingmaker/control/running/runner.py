"""The runner: a duty that keeps conducting children at work, one process a run, and one loaded and waiting for the next."""

import logging
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Final

from kingmaker.control.running.child import Child, ChildState, StartChild

_LOG = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.5
"""How often the ledger is asked for work that nobody announced: another control centre's, or a dead one's."""
SHORT_LIFE_SECONDS: Final = 2.0
LONGEST_PAUSE: Final = 30.0
"""Children that die young are started again ever more slowly: a broken installation must not keep the machine busy."""


class Runner:
    """At most `at_once` runs on this machine, each of which may use every core: more than one at a time is rarely faster.

    A child that dies leaves its run to the next one. `when_news` is called when a child begins or ends, from another thread;
    whoever does the duty ticks then.
    """

    name = "runner"

    def __init__(self, start: StartChild, *, at_once: int = 1, when_news: Callable[[], None] | None = None) -> None:
        self._start = start
        self._at_once = at_once
        self.when_news = when_news or (lambda: None)
        self._children: list[Child] = []
        self._lock = threading.Lock()
        self._over = False
        self._died_young = 0
        self._not_before = 0.0

    def tick(self) -> float:
        """Bury who has ended, let the waiting ones look for work, and have one loaded for the next run."""
        with self._lock:
            if not self._over:
                self._bury_the_dead()
                self._start_missing()
                self._let_them_look()
        return LOOK_SECONDS

    def runs(self) -> tuple[int, ...]:
        """The runs that are conducted here now."""
        return tuple(child.run for child in list(self._children) if child.run is not None and not child.has_ended())

    def children(self) -> tuple[int, ...]:
        """Their process ids, the waiting one included."""
        return tuple(child.process.pid for child in list(self._children) if not child.has_ended())

    def stop(self, seconds: float) -> None:
        """Let every child give its lease back and go; whoever has not gone after so many seconds is killed."""
        with self._lock:
            self._over = True
            for child in self._children:
                child.tell_to_go()
            deadline = monotonic() + seconds
            for child in self._children:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, deadline - monotonic()))
                if not child.has_ended():
                    _LOG.warning("process %d did not go when it was told to, and is killed", child.process.pid)
                    child.process.kill()
                child.bury()
            self._children.clear()

    def _hear(self) -> None:
        self.when_news()

    def _bury_the_dead(self) -> None:
        for child in [child for child in self._children if child.has_ended()]:
            self._children.remove(child)
            child.bury()
            code = child.process.returncode
            if code == 0:
                self._died_young = 0
                continue
            what = f"run {child.run}" if child.run is not None else "no run yet"
            _LOG.warning("process %d, which had %s, ended by itself (exit code %d)", child.process.pid, what, code)
            self._died_young = self._died_young + 1 if child.lived() < SHORT_LIFE_SECONDS else 0
            if self._died_young > 1:
                self._not_before = monotonic() + min(LONGEST_PAUSE, 2.0 ** (self._died_young - 2))

    def _start_missing(self) -> None:
        """One that waits is enough: while it begins its run, the next is loading."""
        if all(child.state is ChildState.WORKING for child in self._children) and monotonic() >= self._not_before:
            self._children.append(Child(self._start(), self._hear))

    def _let_them_look(self) -> None:
        free = self._at_once - sum(child.state is not ChildState.WAITING for child in self._children)
        waiting = [child for child in self._children if child.state is ChildState.WAITING]
        for child in waiting[: max(0, free)]:
            child.look()
