"""RunVerbs over this machine's house."""

from datetime import date, datetime

from kingmaker.control.office.room import Room
from kingmaker.control.records import RunLine
from kingmaker.domain.queue import QueuedRequest, QueueState, RunEvent
from kingmaker.domain.trial import Fault
from kingmaker.loop.records import RunAccount


class RunsOffice(Room):
    """RunVerbs, allowed or refused by who asks."""

    def ask(
        self, pipeline: str, *, as_of: date | None = None, key: str | None = None, priority: int = 0
    ) -> QueuedRequest:
        raise NotImplementedError

    def retry(self, run: int, *, key: str | None = None) -> QueuedRequest:
        raise NotImplementedError

    def queue(
        self, *, pipeline: str | None = None, state: QueueState | None = None, limit: int = 50
    ) -> list[QueuedRequest]:
        raise NotImplementedError

    def queued(self, number: int) -> QueuedRequest:
        raise NotImplementedError

    def withdraw(self, number: int, *, why: str) -> QueuedRequest:
        raise NotImplementedError

    def cancel(self, run: int, *, why: str) -> RunLine:
        raise NotImplementedError

    def runs(self, *, pipeline: str | None = None, limit: int = 20, before: int | None = None) -> list[RunLine]:
        raise NotImplementedError

    def run(self, number: int) -> RunLine:
        raise NotImplementedError

    def account(self, number: int) -> RunAccount:
        raise NotImplementedError

    def events(self, run: int, *, after: int = 0, limit: int = 1000) -> list[RunEvent]:
        raise NotImplementedError

    def faults(
        self,
        *,
        pipeline: str | None = None,
        run: int | None = None,
        since: datetime | None = None,
        kind: str | None = None,
        limit: int = 100,
    ) -> list[Fault]:
        raise NotImplementedError
