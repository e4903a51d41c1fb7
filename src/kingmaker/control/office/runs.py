"""RunVerbs over this machine's house."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import import_module
from typing import TypeVar

from kingmaker.control.declaring import request_for_declared
from kingmaker.control.lines import run_line
from kingmaker.control.office.room import Room
from kingmaker.control.records import RunLine
from kingmaker.domain.access import Right
from kingmaker.domain.errors import Conflict, NotFound, RunRefused
from kingmaker.domain.queue import Origin, QueuedRequest, QueueState, RunEvent
from kingmaker.domain.run import Request, RunState
from kingmaker.domain.trial import Fault
from kingmaker.loop.records import RunAccount
from kingmaker.loop.request import refuse_day_to_come

Listed = TypeVar("Listed")


class RunsOffice(Room):
    """RunVerbs, allowed or refused by who asks."""

    def ask(
        self, pipeline: str, *, as_of: date | None = None, key: str | None = None, priority: int = 0
    ) -> QueuedRequest:
        self.may(Right.ASK, pipeline)
        if self.house.ledger.declared(pipeline) is None:
            raise self._nothing_declared(pipeline)
        day = as_of or self.house.clock().date()
        refuse_day_to_come(self.house, day)
        request = request_for_declared(self.house, pipeline, as_of=day, by=self.who.name)
        return self._ask(request, key, priority)

    def retry(self, run: int, *, key: str | None = None) -> QueuedRequest:
        """Raises RunRefused for a run that is not over: it is gone on with by itself."""
        known = self.may_on_run(Right.ASK, run)
        if not known.state.is_over():
            raise RunRefused(
                "the run is not over",
                where=f"run {run}",
                remedy="It is gone on with by itself; cancel it first if it is to begin anew.",
            )
        return self._ask(replace(known.request, requested_by=self.who.name), key, 0)

    def queue(
        self, *, pipeline: str | None = None, state: QueueState | None = None, limit: int = 50
    ) -> list[QueuedRequest]:
        found = self._of_each(pipeline, lambda name: self.house.ledger.queue(name, state=state, limit=limit))
        return sorted(found, key=lambda one: -one.number)[:limit]

    def queued(self, number: int) -> QueuedRequest:
        return self._may_on_request(Right.SEE, number)

    def withdraw(self, number: int, *, why: str) -> QueuedRequest:
        self._may_on_request(Right.ASK, number)
        return self.house.ledger.withdraw(number, by=self.who.name, why=self.reason(why))

    def cancel(self, run: int, *, why: str) -> RunLine:
        """Wishing again is harmless; of a run that is over, RunRefused is raised."""
        self.may_on_run(Right.ASK, run)
        self.house.ledger.cancel_run(run, by=self.who.name, why=self.reason(why))
        return run_line(self.house.ledger.standing(run))

    def runs(
        self,
        *,
        pipeline: str | None = None,
        state: RunState | None = None,
        limit: int = 20,
        before: int | None = None,
    ) -> list[RunLine]:
        found = self.house.ledger.standings(self.in_sight(pipeline), state=state, limit=limit, before=before)
        return [run_line(one) for one in found]

    def run(self, number: int) -> RunLine:
        self.may_on_run(Right.SEE, number)
        return run_line(self.house.ledger.standing(number))

    def account(self, number: int, *, trials: bool = True) -> RunAccount:
        """Loads the libraries that read bundles and snapshots, which take a while and which no other verb here needs."""
        self.may_on_run(Right.SEE, number)
        known: RunAccount = import_module("kingmaker.loop.account").account_of(self.house, number, trials=trials)
        return known

    def events(self, run: int, *, after: int = 0, limit: int = 1000, newest: bool = False) -> list[RunEvent]:
        self.may_on_run(Right.SEE, run)
        return self.house.ledger.events(run, after=after, limit=limit, newest=newest)

    def faults(
        self,
        *,
        pipeline: str | None = None,
        run: int | None = None,
        since: datetime | None = None,
        kind: str | None = None,
        limit: int = 100,
    ) -> list[Fault]:
        """Newest first. Of a run of another pipeline than the one that is named there are none."""
        moment = since.replace(tzinfo=UTC) if since is not None and since.tzinfo is None else since
        ledger = self.house.ledger
        if run is not None:
            self.may_on_run(Right.SEE, run)
            return ledger.all_faults(pipeline=pipeline, run=run, since=moment, kind=kind, limit=limit)
        found = self._of_each(
            pipeline, lambda name: ledger.all_faults(pipeline=name, since=moment, kind=kind, limit=limit)
        )
        return sorted(found, key=lambda fault: fault.happened_at, reverse=True)[:limit]

    def _ask(self, request: Request, key: str | None, priority: int) -> QueuedRequest:
        """Without a key of the asker's, asking again is another asking: it gets one that nobody can have chosen."""
        return self.house.ledger.ask(
            request, key=key or f"once:{secrets.token_hex(16)}", origin=Origin.PERSON, priority=priority
        )

    def _may_on_request(self, right: Right, number: int) -> QueuedRequest:
        """Raises NotFound also for the request of a pipeline that `who` does not see."""
        found = self.house.ledger.queued(number)
        if not self.who.sees(found.request.pipeline):
            raise NotFound(f"there is no request {number}", remedy="`kingmaker queue` lists them.")
        self.may(right, found.request.pipeline)
        return found

    def _of_each(self, pipeline: str | None, listed: Callable[[str | None], list[Listed]]) -> list[Listed]:
        """What is listed of every pipeline that `who` may see."""
        pipelines = self.in_sight(pipeline)
        return listed(None) if pipelines is None else [one for name in pipelines for one in listed(name)]

    def _nothing_declared(self, pipeline: str) -> Exception:
        if not self.house.ledger.runs(pipeline, limit=1):
            return self.no_such_pipeline(pipeline)
        return Conflict(
            f"pipeline {pipeline} was only run from files, and is not declared here",
            remedy="Declare it first: `kingmaker declare FILE`.",
        )
