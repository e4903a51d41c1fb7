"""QueueLedger over SQL."""

from collections.abc import Sequence
from datetime import datetime

from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.domain.queue import Cancellation, Origin, QueuedRequest, QueueState, RunEvent
from kingmaker.domain.run import Lease, Request, Run
from kingmaker.domain.trial import Fault


class SqlQueue(SqlState):
    """QueueLedger over SQL."""

    def ask(self, request: Request, *, key: str, origin: Origin, priority: int = 0) -> QueuedRequest:
        raise NotImplementedError

    def queued(self, number: int) -> QueuedRequest:
        raise NotImplementedError

    def queue(
        self, pipeline: str | None = None, *, state: QueueState | None = None, limit: int = 50
    ) -> list[QueuedRequest]:
        raise NotImplementedError

    def claim(self, holder: str, *, give_up_after: int = 50) -> tuple[Run, Lease] | None:
        raise NotImplementedError

    def withdraw(self, number: int, *, by: str, why: str) -> QueuedRequest:
        raise NotImplementedError

    def cancel_run(self, run: int, *, by: str, why: str) -> Run:
        raise NotImplementedError

    def cancellation(self, run: int) -> Cancellation | None:
        raise NotImplementedError

    def tell(self, lease: Lease, events: Sequence[RunEvent]) -> None:
        raise NotImplementedError

    def events(self, run: int, *, after: int = 0, limit: int = 1000) -> list[RunEvent]:
        raise NotImplementedError

    def all_faults(
        self, *, pipeline: str | None = None, since: datetime | None = None, kind: str | None = None, limit: int = 100
    ) -> list[Fault]:
        raise NotImplementedError
