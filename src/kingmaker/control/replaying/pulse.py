"""Keeps a replay's lease alive, tells how far it is, and interrupts it once it is for nothing."""

import os
import threading
from contextlib import suppress
from datetime import datetime
from time import monotonic
from types import TracebackType
from typing import Self

from kingmaker.domain.errors import KingmakerError, LeaseLost
from kingmaker.domain.replay import ReplayLease, ReplayProgress
from kingmaker.loop.heartbeat import BEAT_SECONDS, LOOK_SECONDS, PATIENCE_SECONDS, STUCK
from kingmaker.loop.interrupts import Block
from kingmaker.ports.replay_ledger import ReplayLedger


class Pulse:
    """From a thread of its own, until the block ends. Make it in the main thread.

    Once somebody wishes for the replay's end, or another process has it, the main thread gets a KeyboardInterrupt; what was
    finished is kept, and one that does not hear it ends with its process.
    """

    def __init__(self, ledger: ReplayLedger, lease: ReplayLease, *, now: datetime) -> None:
        self._ledger = ledger
        self._lease = lease
        self._every = min(BEAT_SECONDS, max(0.1, (lease.expires_at - now).total_seconds() / 4))
        self._newest: ReplayProgress | None = None
        self._told: ReplayProgress | None = None
        self._block = Block()
        self._thread = threading.Thread(target=self._beat, name=f"pulse of replay {lease.replay}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._block.end()
        self._thread.join()
        with suppress(KingmakerError):
            self._tell()

    def hear(self, progress: ReplayProgress) -> None:
        """It is written within the second; of several, the newest."""
        self._newest = progress

    def interrupt(self) -> None:
        """Stop the main thread, from another; harmless when the block has ended."""
        if not self._block.interrupt(PATIENCE_SECONDS):
            os._exit(STUCK)

    def _beat(self) -> None:
        due = monotonic() + self._every
        while not self._block.ends_within(min(LOOK_SECONDS, self._every)):
            try:
                self._tell()
                if monotonic() >= due:
                    due = monotonic() + self._every
                    self._ledger.renew_replay(self._lease)
                if not self._ledger.replay(self._lease.replay).cancelled_by:
                    continue
            except LeaseLost:
                pass
            except KingmakerError:
                continue
            self.interrupt()
            return

    def _tell(self) -> None:
        newest = self._newest
        if newest is not None and newest != self._told:
            self._ledger.tell_replay(self._lease, newest)
            self._told = newest
