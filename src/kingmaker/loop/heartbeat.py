"""Keeps a lease alive while a stage computes, and stops the computing once it is for nothing."""

import os
import sys
import threading
from time import monotonic
from types import TracebackType
from typing import Final, NoReturn, Self

from kingmaker.domain.errors import KingmakerError, LeaseLost
from kingmaker.domain.run import Lease, RunReason
from kingmaker.loop.interrupts import Block
from kingmaker.ports.ledger import Ledger

BEAT_SECONDS: Final = 15.0
LOOK_SECONDS: Final = 0.5
PATIENCE_SECONDS: Final = 5.0
"""How long native code may keep the main thread from hearing that it must stop."""
STUCK: Final = 75
"""Exit code of a process whose main thread did not hear it (EX_TEMPFAIL of sysexits.h)."""


class Heartbeat:
    """Renews the lease from a thread of its own until the block ends, and looks whether the run is still wanted.

    A renewal that fails is tried again at the next beat. Once the lease is lost (another process has taken the run over, as
    after SIGSTOP and SIGCONT), or somebody wishes for the run's end, the main thread gets a KeyboardInterrupt if the block is
    its own. If native code keeps it from hearing that for `patience` seconds, the run is ended from here, and the process.
    """

    def __init__(
        self, ledger: Ledger, lease: Lease, *, every_seconds: float = BEAT_SECONDS, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._ledger = ledger
        self._lease = lease
        self._every = every_seconds
        self._patience = patience
        self._block = Block()
        self._can_interrupt = threading.current_thread() is threading.main_thread()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat of run {lease.run}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._block.end()
        self._thread.join()

    def _beat(self) -> None:
        due = monotonic() + self._every
        while not self._block.ends_within(min(LOOK_SECONDS, self._every)):
            try:
                if monotonic() >= due:
                    due = monotonic() + self._every
                    self._lease = self._ledger.renew(self._lease)
                if self._ledger.cancellation(self._lease.run) is None:
                    continue
            except LeaseLost:
                pass
            except KingmakerError:
                continue
            self._stop()
            return

    def _stop(self) -> None:
        if self._can_interrupt and not self._block.interrupt(self._patience):
            self._leave()

    def _leave(self) -> NoReturn:
        """The main thread is deaf: what it would have done is done here, and the process ends with all it started."""
        try:
            self._ledger.finish_run(self._lease, RunReason.CANCELLED)
            print(f"Run {self._lease.run} was cancelled.", file=sys.stderr, flush=True)
        except KingmakerError as error:
            print(error.sentence(), file=sys.stderr, flush=True)
        finally:
            os._exit(STUCK)
