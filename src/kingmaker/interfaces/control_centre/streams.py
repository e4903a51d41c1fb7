"""Runs followed live, as server-sent events: one look at the ledger for all who follow a run, whoever conducts it."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import msgspec

from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.queue import RunEvent

STREAM: Final = "text/event-stream"
LOOK_SECONDS: Final = 0.4
ALIVE_SECONDS: Final = 15.0
"""Between two signs of life, so that nothing on the way takes the connection for dead."""
LONGEST_SECONDS: Final = 1800.0
"""Then the stream ends and whoever follows comes again with the number that was last seen, and is asked who they are."""
ENDED: Final = "ended"

Look = Callable[[int, int], list[RunEvent]]
"""The events of a run with a number above the second. Blocks, and may raise KingmakerError."""


def wants_stream(accept: str) -> bool:
    return any(kind.partition(";")[0].strip() == STREAM for kind in accept.split(","))


class RunStreams:
    """Belongs to one event loop; looks only at runs that somebody follows."""

    def __init__(self, look: Look, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._look = look
        self._look_seconds = look_seconds
        self._followed: dict[int, _Followed] = {}
        self._is_over = False

    @property
    def followed(self) -> tuple[int, ...]:
        """The runs that somebody follows now."""
        return tuple(self._followed)

    @asynccontextmanager
    async def following(self, run: int) -> "AsyncIterator[_Followed]":
        """What the run told so far and tells from now on, looked for as long as anybody is in such a block."""
        one = self._followed.get(run)
        if one is None:
            one = self._followed[run] = _Followed(self._look, run, self._look_seconds)
        if self._is_over:
            one.end()
        one.followers += 1
        try:
            yield one
        finally:
            one.followers -= 1
            if not one.followers:
                self._followed.pop(run, None)
                one.stop()

    def end(self) -> None:
        """Let every stream end now: the process leaves. On the event loop."""
        self._is_over = True
        for one in self._followed.values():
            one.end()


class _Followed:
    """One run's events since its first, kept while somebody follows it."""

    def __init__(self, look: Look, run: int, look_seconds: float) -> None:
        self._look = look
        self._run = run
        self._look_seconds = look_seconds
        self._events: list[RunEvent] = []
        self._changed = asyncio.Event()
        self.followers = 0
        self.is_over = False
        self._task = asyncio.create_task(self._watch())

    def after(self, number: int) -> list[RunEvent]:
        return self._events[bisect_right(self._events, number, key=lambda event: event.number) :]

    async def change(self, seconds: float) -> None:
        """Wait until there is something new, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    def end(self) -> None:
        self.is_over = True
        self._tell()

    def stop(self) -> None:
        self._task.cancel()

    def _tell(self) -> None:
        """Wake everybody who waits now; whoever waits from now on waits for the next change."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _watch(self) -> None:
        while not self.is_over:
            newest = self._events[-1].number if self._events else 0
            try:
                found = await asyncio.to_thread(self._look, self._run, newest)
            except KingmakerError:
                found = []  # the ledger may be back at the next look
            if found:
                self._events.extend(found)
                self.is_over = self.is_over or found[-1].kind == ENDED
                self._tell()
            else:
                await asyncio.sleep(self._look_seconds)


async def stream_of(streams: RunStreams, run: int, *, after: int) -> AsyncIterator[bytes]:
    """The run's events from the one behind `after` on, until its end, each with its number as the id to come again with."""
    loop = asyncio.get_running_loop()
    leaves_at = loop.time() + LONGEST_SECONDS
    async with streams.following(run) as followed:
        yield b": following\n\n"
        while True:
            is_over = followed.is_over
            for event in followed.after(after):
                after = event.number
                yield _written(event)
            if is_over or loop.time() >= leaves_at:
                return
            if not followed.is_over and not followed.after(after):
                await followed.change(ALIVE_SECONDS)
                if not followed.after(after) and not followed.is_over:
                    yield b": alive\n\n"


def _written(event: RunEvent) -> bytes:
    """JSON has no line breaks, so that the event is one line of data."""
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (event.number, event.kind.encode(), msgspec.json.encode(event))
