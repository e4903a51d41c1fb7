"""RunVerbs over HTTP."""
# Written by docs/generate_client.py from awaited/runs.py: change that file, and run it.

from datetime import date, datetime

from kingmaker.control.records import RunLine
from kingmaker.domain.queue import QueuedRequest, QueueState, RunEvent
from kingmaker.domain.run import RunState
from kingmaker.domain.trial import Fault
from kingmaker.interfaces.client.blocking.speaking import Speaking
from kingmaker.interfaces.client.call import get, post, post_once
from kingmaker.loop.records import RunAccount


class Runs(Speaking):
    """What `RunVerbs` says of each."""

    def ask(
        self, pipeline: str, *, as_of: date | None = None, key: str | None = None, priority: int = 0
    ) -> QueuedRequest:
        path = ("pipelines", pipeline, "requests")
        return self.say(post_once(QueuedRequest, *path, key=key, as_of=as_of, priority=priority))

    def retry(self, run: int, *, key: str | None = None) -> QueuedRequest:
        return self.say(post_once(QueuedRequest, "runs", run, "retry", key=key))

    def queue(
        self, *, pipeline: str | None = None, state: QueueState | None = None, limit: int = 50
    ) -> list[QueuedRequest]:
        return self.say(get(list[QueuedRequest], "requests", pipeline=pipeline, state=state, limit=limit))

    def queued(self, number: int) -> QueuedRequest:
        return self.say(get(QueuedRequest, "requests", number))

    def withdraw(self, number: int, *, why: str) -> QueuedRequest:
        return self.say(post(QueuedRequest, "requests", number, "withdraw", why=why))

    def cancel(self, run: int, *, why: str) -> RunLine:
        return self.say(post(RunLine, "runs", run, "cancel", why=why))

    def runs(
        self,
        *,
        pipeline: str | None = None,
        state: RunState | None = None,
        limit: int = 20,
        before: int | None = None,
    ) -> list[RunLine]:
        return self.say(get(list[RunLine], "runs", pipeline=pipeline, state=state, limit=limit, before=before))

    def run(self, number: int) -> RunLine:
        return self.say(get(RunLine, "runs", number))

    def account(self, number: int, *, trials: bool = True) -> RunAccount:
        return self.say(get(RunAccount, "runs", number, "account", trials=trials))

    def events(self, run: int, *, after: int = 0, limit: int = 1000, newest: bool = False) -> list[RunEvent]:
        asked = {"after": after, "limit": limit, "newest": newest}
        return self.say(get(list[RunEvent], "runs", run, "events", **asked))

    def faults(
        self,
        *,
        pipeline: str | None = None,
        run: int | None = None,
        since: datetime | None = None,
        kind: str | None = None,
        limit: int = 100,
    ) -> list[Fault]:
        asked = {"pipeline": pipeline, "run": run, "since": since, "kind": kind, "limit": limit}
        return self.say(get(list[Fault], "faults", **asked))
