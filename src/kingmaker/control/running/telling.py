"""Progress as events in the ledger, which whoever follows the run reads from any machine."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from time import monotonic
from typing import Final

from kingmaker.domain.errors import KingmakerError, LeaseLost
from kingmaker.domain.queue import RunEvent
from kingmaker.domain.run import Lease
from kingmaker.ports.ledger import Ledger

PAUSE_SECONDS: Final = 0.5
"""Between two advances that are written: what a person can see, at a cost that nobody does."""


class LedgerProgress:
    """Plays the Progress port. Stages and sentences are written at once, advances at most twice a second.

    What the database refuses is kept and written with what is told next; once the lease is lost, nobody listens any more.
    """

    def __init__(self, ledger: Ledger, lease: Lease, *, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._lease = lease
        self._clock = clock
        self._stage = ""
        self._untold: list[RunEvent] = []
        self._advance: RunEvent | None = None
        self._told_at = 0.0
        self._later: threading.Timer | None = None
        self._lock = threading.Lock()

    def stage(self, name: str, sentence: str) -> None:
        with self._lock:
            self._drop_timer()
            self._keep_advance()
            self._stage = name
            self._untold.append(self._event("stage", sentence))
            self._tell()

    def advance(self, done: int, total: int, note: str = "") -> None:
        with self._lock:
            self._advance = self._event("advance", note, done, total)
            wait = self._told_at + PAUSE_SECONDS - monotonic()
            if wait <= 0:
                self._keep_advance()
                self._tell()
            elif self._later is None:
                self._later = threading.Timer(wait, self._tell_later)
                self._later.daemon = True
                self._later.start()

    def say(self, sentence: str) -> None:
        with self._lock:
            self._untold.append(self._event("said", sentence))
            self._tell()

    def _event(self, kind: str, text: str, done: int = 0, total: int = 0) -> RunEvent:
        return RunEvent(
            run=self._lease.run,
            number=0,
            at=self._clock(),
            kind=kind,
            stage=self._stage,
            text=text,
            done=done,
            total=total,
        )

    def _tell_later(self) -> None:
        with self._lock:
            self._later = None
            self._keep_advance()
            self._tell()

    def _keep_advance(self) -> None:
        """The newest advance stands for those before it."""
        if self._advance is not None:
            self._untold.append(self._advance)
        self._advance = None

    def _drop_timer(self) -> None:
        if self._later is not None:
            self._later.cancel()
        self._later = None

    def _tell(self) -> None:
        if not self._untold:
            return
        with suppress(KingmakerError):
            with suppress(LeaseLost):
                self._ledger.tell(self._lease, self._untold)
            self._untold = []
            self._told_at = monotonic()
