"""One look serves all who wait, what was told never goes back, and who waits is let go."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from time import monotonic

import pytest

from kingmaker.domain.errors import StorageFailed
from kingmaker.interfaces.control_centre.pointer_watch import LONGEST_WAIT, PointerWatch, tag_of
from kingmaker.ports.depot import Marked


class Shelf:
    """Pointers as they lie, and how often somebody looked."""

    def __init__(self, **pointers: bytes) -> None:
        self.pointers = pointers
        self.looks = 0
        self.trouble = ""

    def __call__(self, pipeline: str) -> bytes | None:
        self.looks += 1
        if self.trouble:
            raise StorageFailed(self.trouble)
        return self.pointers.get(pipeline)


def is_of(data: bytes) -> Callable[[str], bool]:
    return lambda tag: tag == tag_of(data)


def within(seconds: float, story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        async with asyncio.timeout(seconds):
            await story()

    asyncio.run(told())


async def until(happened: Callable[[], bool]) -> None:
    while not happened():  # noqa: ASYNC110 - nobody there sets an event for its tests
        await asyncio.sleep(0)


async def all_wait(watch: PointerWatch, count: int) -> None:
    await until(lambda: watch.waiting >= count)


def test_a_thousand_who_wait_cost_a_few_looks_and_all_hear() -> None:
    shelf = Shelf(loans=b"1")

    async def story() -> None:
        watch = PointerWatch(shelf, look_seconds=0.05)
        asked = [asyncio.create_task(watch.pointer("loans", is_of(b"1"), 30.0)) for _ in range(1000)]
        await all_wait(watch, 1000)
        assert shelf.looks <= 20
        shelf.pointers["loans"] = b"2"
        heard = await asyncio.gather(*asked)
        assert {one.data for one in heard if one} == {b"2"}
        assert watch.waiting == 0

    within(20, story)
    assert shelf.looks < 100


def test_nobody_looks_while_nobody_waits() -> None:
    """The task that looks is gone."""
    shelf = Shelf(loans=b"1")

    async def story() -> None:
        watch = PointerWatch(shelf, look_seconds=0.01)
        assert await watch.pointer("loans", is_of(b"1"), 0.05) == Marked(b"1", tag_of(b"1"))
        await until(lambda: len(asyncio.all_tasks()) == 1)

    within(5, story)


def test_a_nudge_from_another_thread_is_heard_without_a_pause() -> None:
    shelf = Shelf(loans=b"1")

    async def story() -> None:
        watch = PointerWatch(shelf, look_seconds=60.0)
        watch.nudge()
        waits = asyncio.create_task(watch.pointer("loans", is_of(b"1"), 30.0))
        await all_wait(watch, 1)
        shelf.pointers["loans"] = b"2"
        threading.Thread(target=watch.nudge).start()
        assert await waits == Marked(b"2", tag_of(b"2"))

    within(5, story)


def test_who_knows_a_newer_one_than_was_seen_is_never_told_the_older() -> None:
    """It came from another control centre, or from a look of its own."""
    shelf = Shelf(loans=b"1")

    async def story() -> None:
        watch = PointerWatch(shelf, look_seconds=60.0)
        first = asyncio.create_task(watch.pointer("loans", is_of(b"1"), 30.0))
        await all_wait(watch, 1)
        shelf.pointers["loans"] = b"2"
        later = asyncio.create_task(watch.pointer("loans", is_of(b"2"), 0.2))
        assert (await first, await later) == (Marked(b"2", tag_of(b"2")),) * 2

    within(5, story)


def test_a_pointer_that_is_taken_away_ends_the_wait() -> None:
    shelf = Shelf(loans=b"1")

    async def story() -> None:
        watch = PointerWatch(shelf, look_seconds=0.01)
        waits = asyncio.create_task(watch.pointer("loans", is_of(b"1"), 30.0))
        await all_wait(watch, 1)
        del shelf.pointers["loans"]
        assert await waits is None

    within(5, story)


def test_trouble_that_passes_is_waited_out_and_trouble_that_stays_is_told_in_the_end() -> None:
    shelf = Shelf(loans=b"1")

    async def story() -> None:
        watch = PointerWatch(shelf, look_seconds=0.01)
        waits = asyncio.create_task(watch.pointer("loans", is_of(b"1"), 30.0))
        await all_wait(watch, 1)
        shelf.trouble, looked = "the disk is away", shelf.looks
        await until(lambda: shelf.looks >= looked + 3)
        shelf.trouble, shelf.pointers["loans"] = "", b"2"
        assert await waits == Marked(b"2", tag_of(b"2"))
        waits = asyncio.create_task(watch.pointer("loans", is_of(b"2"), 0.1))
        await all_wait(watch, 1)
        shelf.trouble = "the disk is away"
        with pytest.raises(StorageFailed, match="the disk is away"):
            await waits
        with pytest.raises(StorageFailed):
            await watch.pointer("loans", is_of(b"2"))

    within(5, story)


def test_when_it_ends_everybody_is_answered_and_nobody_waits_any_more() -> None:
    async def story() -> None:
        watch = PointerWatch(Shelf(loans=b"1", cars=b"1"), look_seconds=0.01)
        asked = [asyncio.create_task(watch.pointer(name, is_of(b"1"), 30.0)) for name in ("loans", "cars") * 10]
        await all_wait(watch, 20)
        began = monotonic()
        watch.end()
        assert {one.data for one in await asyncio.gather(*asked) if one} == {b"1"}
        assert monotonic() - began < 1.0
        assert watch.wait_for(30.0) == 0.0

    within(5, story)


def test_who_gives_up_waiting_takes_nobody_along() -> None:
    shelf = Shelf(loans=b"1")

    async def story() -> None:
        watch = PointerWatch(shelf, look_seconds=0.01)
        asked = [asyncio.create_task(watch.pointer("loans", is_of(b"1"), 30.0)) for _ in range(3)]
        await all_wait(watch, 3)
        asked[0].cancel()
        await asyncio.sleep(0)
        shelf.pointers["loans"] = b"2"
        assert await asked[1] == await asked[2] == Marked(b"2", tag_of(b"2"))

    within(5, story)


def test_a_wait_has_an_end() -> None:
    watch = PointerWatch(Shelf())
    assert [watch.wait_for(asked) for asked in (-1.0, 0.0, 5.0, 1e9)] == [0.0, 0.0, 5.0, LONGEST_WAIT]
