"""Keeps a lease alive while a stage computes."""

import threading
from types import TracebackType
from typing import Self

from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.run import Lease
from kingmaker.ports.ledger import RunLedger


class Heartbeat:
    """Renews the lease from a thread of its own until the block ends.

    A renewal that fails is tried again at the next beat: what matters is not the beat but the token, which every write
    of the run is checked against.
    """

    def __init__(self, ledger: RunLedger, lease: Lease, *, every_seconds: float = 15.0) -> None:
        self._ledger = ledger
        self._lease = lease
        self._every = every_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat of run {lease.run}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(self._every):
            try:
                self._ledger.renew(self._lease)
            except KingmakerError:
                continue
