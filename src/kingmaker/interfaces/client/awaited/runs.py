"""RunVerbs over HTTP."""

from datetime import date, datetime

from kingmaker.control.records import RunLine
from kingmaker.domain.queue import QueuedRequest, QueueState, RunEvent
from kingmaker.domain.run import RunState
from kingmaker.domain.trial import Fault
from kingmaker.interfaces.client.awaited.speaking import AsyncSpeaking
from kingmaker.interfaces.client.call import get, post, post_once
from kingmaker.loop.records import RunAccount


class AsyncRuns(AsyncSpeaking):
    """What `RunVerbs` says of each."""

    async def ask(
        self, pipeline: str, *, as_of: date | None = None, key: str | None = None, priority: int = 0
    ) -> QueuedRequest:
        path = ("pipelines", pipeline, "requests")
        return await self.say(post_once(QueuedRequest, *path, key=key, as_of=as_of, priority=priority))

    async def retry(self, run: int, *, key: str | None = None) -> QueuedRequest:
        return await self.say(post_once(QueuedRequest, "runs", run, "retry", key=key))

    async def queue(
        self, *, pipeline: str | None = None, state: QueueState | None = None, limit: int = 50
    ) -> list[QueuedRequest]:
        return await self.say(get(list[QueuedRequest], "requests", pipeline=pipeline, state=state, limit=limit))

    async def queued(self, number: int) -> QueuedRequest:
        return await self.say(get(QueuedRequest, "requests", number))

    async def withdraw(self, number: int, *, why: str) -> QueuedRequest:
        return await self.say(post(QueuedRequest, "requests", number, "withdraw", why=why))

    async def cancel(self, run: int, *, why: str) -> RunLine:
        return await self.say(post(RunLine, "runs", run, "cancel", why=why))

    async def runs(
        self,
        *,
        pipeline: str | None = None,
        state: RunState | None = None,
        limit: int = 20,
        before: int | None = None,
    ) -> list[RunLine]:
        return await self.say(get(list[RunLine], "runs", pipeline=pipeline, state=state, limit=limit, before=before))

    async def run(self, number: int) -> RunLine:
        return await self.say(get(RunLine, "runs", number))

    async def account(self, number: int, *, trials: bool = True) -> RunAccount:
        return await self.say(get(RunAccount, "runs", number, "account", trials=trials))

    async def events(self, run: int, *, after: int = 0, limit: int = 1000, newest: bool = False) -> list[RunEvent]:
        asked = {"after": after, "limit": limit, "newest": newest}
        return await self.say(get(list[RunEvent], "runs", run, "events", **asked))

    async def faults(
        self,
        *,
        pipeline: str | None = None,
        run: int | None = None,
        since: datetime | None = None,
        kind: str | None = None,
        limit: int = 100,
    ) -> list[Fault]:
        asked = {"pipeline": pipeline, "run": run, "since": since, "kind": kind, "limit": limit}
        return await self.say(get(list[Fault], "faults", **asked))
