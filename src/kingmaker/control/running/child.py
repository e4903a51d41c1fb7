"""A conducting child as its runner sees it."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from time import monotonic

from kingmaker.control.running.orders import LOOK, RUN
from kingmaker.settings import Settings

StartChild = Callable[[], "subprocess.Popen[bytes]"]
"""Starts a conducting child with pipes to its standard input and output."""


class ChildState(StrEnum):
    WAITING = "waiting"
    """Loaded, or loading; it may not claim."""
    LOOKING = "looking"
    """Told to look for work; it has not answered yet."""
    WORKING = "working"


def start_child(settings: Settings, command: str = "conduct") -> "subprocess.Popen[bytes]":
    """A child over the same home, in a session of its own: Ctrl-C in the terminal is for the runner, who tells it to go."""
    return subprocess.Popen(  # noqa: S603 - a command of our own
        [sys.executable, "-m", "kingmaker", command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **environment_of(settings)},
        start_new_session=True,
    )


def environment_of(settings: Settings) -> Mapping[str, str]:
    """What makes a child's settings these ones. It speaks to no server, and is shown no token."""
    found = {
        "KINGMAKER_SERVER": "",
        "KINGMAKER_TOKEN": "",
        "KINGMAKER_HOME": str(settings.home.resolve()),
        "KINGMAKER_LEDGER": settings.ledger,
        "KINGMAKER_VAULT": settings.vault,
        "KINGMAKER_WORKERS": str(settings.workers),
        "KINGMAKER_LEASE_SECONDS": f"{settings.lease_seconds:g}",
        "KINGMAKER_USER": settings.by,
    }
    if settings.data is not None:
        found["KINGMAKER_DATA"] = str(settings.data.resolve())
    return found


class Child:
    """`news` is called, from a thread of the child's own, when it begins a run and when it ends."""

    def __init__(self, process: "subprocess.Popen[bytes]", news: Callable[[], None]) -> None:
        self.process = process
        self.state = ChildState.WAITING
        self.run: int | None = None
        self._news = news
        self._busy_since = monotonic()
        self._listener = threading.Thread(target=self._listen, name=f"child {process.pid}", daemon=True)
        self._listener.start()

    def look(self) -> None:
        """Tell it that there may be work."""
        self.state = ChildState.LOOKING
        if self.process.stdin is not None:
            with suppress(OSError, ValueError):  # it ended: the next look at it sees that
                self.process.stdin.write(LOOK)
                self.process.stdin.flush()

    def tell_to_go(self) -> None:
        """It gives its lease back first."""
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def lived(self) -> float:
        """Seconds since it began its run, or was started."""
        return monotonic() - self._busy_since

    def bury(self) -> None:
        """Let go of what is left of one that has ended."""
        self.tell_to_go()
        self.process.wait()
        self._listener.join()

    def _listen(self) -> None:
        if self.process.stdout is None:
            return
        with self.process.stdout as answers:
            for line in answers:
                said, _, number = line.decode(errors="replace").strip().partition(" ")
                if said == RUN and number.isdecimal():
                    self.run, self._busy_since, self.state = int(number), monotonic(), ChildState.WORKING
                    self._news()
                else:
                    self.state = ChildState.WAITING
        self._news()
