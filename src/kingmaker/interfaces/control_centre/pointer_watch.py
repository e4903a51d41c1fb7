"""One look at a pointer for all who wait for it: a thousand endpoints cost one small read every fifth of a second."""

import asyncio
import hashlib
from collections.abc import Callable
from typing import Final

from kingmaker.domain.errors import KingmakerError
from kingmaker.ports.depot import Marked

LOOK_SECONDS: Final = 0.2
LONGEST_WAIT: Final = 60.0
MOST_WAITING: Final = 10_000
"""Beyond so many nobody waits: they are answered at once, and ask again by and by."""

Look = Callable[[str], bytes | None]
"""The pipeline's pointer as it is now, None when it has none. Blocks, and may raise KingmakerError."""

Known = Callable[[str], bool]
"""Whether who asks already has what carries that tag."""


class PointerWatch:
    """Belongs to one event loop; `nudge` may be called from any thread. Looks by itself only while somebody waits."""

    def __init__(self, look: Look, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._look = look
        self._look_seconds = look_seconds
        self._pointers: dict[str, _Watched] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_over = False

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return sum(one.waiting for one in self._pointers.values())

    def wait_for(self, wanted: float) -> float:
        """For how many of the wanted seconds somebody may wait now."""
        return 0.0 if self._is_over or self.waiting >= MOST_WAITING else max(0.0, min(wanted, LONGEST_WAIT))

    async def pointer(self, pipeline: str, known: Known, wait: float = 0.0) -> Marked | None:
        """The pointer once it is another than the known one, or after `wait` seconds; None: the pipeline has none.

        Raises what the look raised, when no later one succeeded.
        """
        self._loop = asyncio.get_running_loop()
        watched = self._pointers.setdefault(pipeline, _Watched(self._look, pipeline))
        try:
            if not (wait and watched.waiting and watched.is_known(known)):
                await watched.look()
            if wait and watched.is_known(known):
                await watched.wait(known, self._loop.time() + wait, self._look_seconds)
            return watched.seen
        finally:
            if watched.seen is None and not watched.waiting:
                self._pointers.pop(pipeline, None)

    def nudge(self) -> None:
        """Look at every pointer that somebody waits for, now: one may have been announced."""
        if self._loop is not None and self._pointers and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hurry)

    def end(self) -> None:
        """From now on nobody waits, and whoever does is answered at once. On the event loop."""
        self._is_over = True
        for watched in self._pointers.values():
            watched.end()

    def _hurry(self) -> None:
        for watched in self._pointers.values():
            watched.hurry.set()


class _Watched:
    """One pipeline's pointer. What was `seen` never goes back, because looks follow one another.

    All who wait share one future, which is done when something else is seen; each has a timer of its own, and no task.
    """

    def __init__(self, look: Look, pipeline: str) -> None:
        self._look = look
        self._pipeline = pipeline
        self._one_at_a_time = asyncio.Lock()
        self._begun = self._done = 0
        self._news = asyncio.get_running_loop().create_future()
        self._watcher: asyncio.Task[None] | None = None
        self._trouble: KingmakerError | None = None
        self._is_over = False
        self.seen: Marked | None = None
        self.waiting = 0
        self.hurry = asyncio.Event()

    def is_known(self, known: Known) -> bool:
        return self.seen is not None and known(self.seen.tag)

    async def look(self) -> None:
        """A look that begins after this was called. Whoever calls while one is under way shares the next."""
        asked = self._begun
        async with self._one_at_a_time:
            if self._done > asked:
                return
            self._begun += 1
            seen = await asyncio.to_thread(self._marked)
            self._done = self._begun
            if seen != self.seen:
                self.seen = seen
                self._wake()

    async def wait(self, known: Known, deadline: float, look_seconds: float) -> None:
        """Until something else than the known one is seen, or it is time. Raises what the newest look raised."""
        if self._watcher is None:
            self._watcher = asyncio.get_running_loop().create_task(self._watch(look_seconds))
        self.waiting += 1
        try:
            async with asyncio.timeout_at(deadline):
                while self.is_known(known) and not self._is_over:
                    await asyncio.shield(self._news)
        except TimeoutError:
            if self._trouble is not None:
                raise self._trouble from None
        finally:
            self.waiting -= 1

    def end(self) -> None:
        self._is_over = True
        self.hurry.set()
        self._wake()

    async def _watch(self, look_seconds: float) -> None:
        """Look for as long as somebody waits; what cannot be read now may be read the next time."""
        try:
            while self.waiting and not self._is_over:
                await _within(self.hurry, look_seconds)
                try:
                    await self.look()
                except KingmakerError as error:
                    self._trouble = error
                else:
                    self._trouble = None
        finally:
            self._watcher = None

    def _marked(self) -> Marked | None:
        """In a thread of the loop's own pool: that of the routes may be busy with long answers."""
        data = self._look(self._pipeline)
        return None if data is None else Marked(data, tag_of(data))

    def _wake(self) -> None:
        told, self._news = self._news, asyncio.get_running_loop().create_future()
        told.set_result(None)


def tag_of(data: bytes) -> str:
    """A strong ETag: the same bytes have the same, at every server."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


async def _within(event: asyncio.Event, seconds: float) -> None:
    """Until the event, or it is time."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
    event.clear()
