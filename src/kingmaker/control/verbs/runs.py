"""Runs and the queue they wait in."""

from datetime import date, datetime
from typing import Protocol

from kingmaker.control.records import (
    RunLine,
)
from kingmaker.domain.queue import QueuedRequest, QueueState, RunEvent
from kingmaker.domain.run import RunState
from kingmaker.domain.trial import Fault
from kingmaker.loop.records import RunAccount


class RunVerbs(Protocol):
    def ask(
        self, pipeline: str, *, as_of: date | None = None, key: str | None = None, priority: int = 0
    ) -> QueuedRequest:
        """Ask for a run of the newest declaration, as of today when no day is named. `key` makes asking twice one run."""

    def retry(self, run: int, *, key: str | None = None) -> QueuedRequest:
        """Ask again for what a run that is over was asked for: its declaration and its day."""

    def queue(
        self, *, pipeline: str | None = None, state: QueueState | None = None, limit: int = 50
    ) -> list[QueuedRequest]: ...

    def queued(self, number: int) -> QueuedRequest: ...

    def withdraw(self, number: int, *, why: str) -> QueuedRequest: ...

    def cancel(self, run: int, *, why: str) -> RunLine:
        """Wish for the run's end; it stops within seconds, with the trials under way."""

    def runs(
        self,
        *,
        pipeline: str | None = None,
        state: RunState | None = None,
        limit: int = 20,
        before: int | None = None,
    ) -> list[RunLine]:
        """Newest first; `before` a run number, to page."""

    def run(self, number: int) -> RunLine: ...

    def account(self, number: int, *, trials: bool = True) -> RunAccount:
        """Everything that is known of the run; quick without its `trials`, of which there may be thousands."""

    def events(self, run: int, *, after: int = 0, limit: int = 1000, newest: bool = False) -> list[RunEvent]:
        """What the run told behind `after`, in order; of more than `limit` the first, or the `newest`."""

    def faults(
        self,
        *,
        pipeline: str | None = None,
        run: int | None = None,
        since: datetime | None = None,
        kind: str | None = None,
        limit: int = 100,
    ) -> list[Fault]: ...
