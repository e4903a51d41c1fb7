"""Beyond the verbs: a run followed while it works, a request waited for, and a run's report."""
# Written by docs/generate_client.py from awaited/following.py: change that file, and run it.

import time
from collections.abc import Iterator
from http import HTTPStatus

import httpx2

from kingmaker.control.records import RunLine
from kingmaker.domain.errors import RunRefused
from kingmaker.domain.queue import QueuedRequest, QueueState, RunEvent
from kingmaker.interfaces.client.answers import expect_success, no_answer
from kingmaker.interfaces.client.blocking.runs import Runs
from kingmaker.interfaces.client.call import get_text, path_of
from kingmaker.interfaces.client.events import ENDED, STREAM, event_in, tell
from kingmaker.interfaces.client.patience import BUSY
from kingmaker.ports.progress import Progress, Silence


class Following(Runs):
    """The verbs of runs, and what takes as long as a run."""

    def report(self, run: int) -> bytes:
        """The run's report: one self-contained HTML page."""
        return self.say(get_text("text/html", "runs", run, "report"))

    def follow(self, run: int, *, after: int = 0) -> Iterator[RunEvent]:
        """What the run tells, from the event behind `after` on, until it is over. A connection that breaks is made again."""
        failed = 0
        while True:
            broken: Exception = httpx2.RemoteProtocolError("it stopped telling before the run was over")
            try:
                for event in self._told(run, after):
                    failed, after = 0, event.number
                    yield event
                    if event.kind == ENDED:
                        return
            except httpx2.TransportError as error:
                broken = error
            else:
                line = self.run(run)
                if line.run.state.is_over():
                    break
            failed += 1
            pause = self._patience.pause(failed)
            if pause is None:
                raise no_answer(broken, self._site.base)
            time.sleep(pause)
        for event in self.events(run, after=after):
            yield event

    def wait_for(self, request: QueuedRequest | int, *, progress: Progress | None = None) -> RunLine:
        """The run that the request became, once it is over. Raises RunRefused for a request that was withdrawn."""
        number = request if isinstance(request, int) else request.number
        queued = self.queued(number)
        while queued.run is None:
            if queued.state is QueueState.CANCELLED:
                raise RunRefused(f"request {number} was withdrawn", remedy=queued.detail)
            time.sleep(self._patience.look_seconds)
            queued = self.queued(number)
        for event in self.follow(queued.run):
            tell(progress or Silence(), event)
        return self.run(queued.run)

    def _told(self, run: int, after: int) -> Iterator[RunEvent]:
        headers = {"Accept": STREAM, **({"Last-Event-ID": str(after)} if after else {})}
        with self._http.stream("GET", path_of("runs", run, "events"), headers=headers) as response:
            if not response.is_success:
                response.read()
                if response.status_code in BUSY:
                    raise httpx2.RemoteProtocolError(f"it answers {response.status_code}")
                expect_success(response, self._site.base)
            if response.status_code == HTTPStatus.NO_CONTENT:
                return
            for told in httpx2.EventSource(response):
                if told.data:
                    yield event_in(told.data, self._site.base)
