"""An endpoint with every route, in a thread of its own, and its desk at hand."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

import uvloop
from tests.endpoint.platforms.running import Listed, Running

from kingmaker.bundle.reasons.explainer import explainer_of
from kingmaker.domain.pointer import Placed
from kingmaker.interfaces.endpoint.health import Health
from kingmaker.interfaces.endpoint.limits import Limits
from kingmaker.interfaces.endpoint.listening import Address, Listener
from kingmaker.interfaces.endpoint.metrics import Metrics
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.interfaces.endpoint.routes import add_scoring_routes
from kingmaker.interfaces.endpoint.tokens import Tokens
from kingmaker.serving.deployed import Deployed
from kingmaker.serving.desk import Desk
from kingmaker.serving.explaining import Explaining, Words
from kingmaker.serving.fields import Accepting
from kingmaker.serving.following import Following
from kingmaker.serving.seat import Seat, Standing

Made = tuple[Deployed, Placed]


@dataclass(frozen=True, slots=True)
class Here(Running):
    """`counted` are the desk's readings by name and labels."""

    desk: Desk

    @property
    def counted(self) -> dict[tuple[str, ...], float]:
        return {
            (reading.name, *(value for _, value in reading.labels)): reading.value for reading in self.desk.readings()
        }


@contextmanager
def serving(
    standing: Standing | None, accepting: Accepting | None = None, words: Words | None = None
) -> Iterator[Here]:
    """Serve for as long as the block lasts."""
    seat, journal = Seat(), Listed()
    if standing is not None:
        seat.take(standing)
    told: list[tuple[int, Desk]] = []
    ready = Event()
    ends: list[Callable[[], object]] = []

    async def serve() -> None:
        loop, leave = asyncio.get_running_loop(), asyncio.Event()
        desk = Desk(seat, journal, loop, explaining=Explaining(explainer_of, words), accepting=accepting)
        router = Router()
        health = Health(seat, lambda: Following(pipeline="instalment", endpoint="here"))
        health.add_routes(router)
        add_scoring_routes(router, desk, health)
        Metrics(router, {"": (desk,)})
        listener = Listener(Address(port=0), router, Limits(), Tokens())
        told.append((await listener.open(), desk))
        ends.append(lambda: loop.call_soon_threadsafe(leave.set))
        ready.set()
        await leave.wait()
        await listener.close()
        desk.close()

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())

    thread = Thread(target=run)
    thread.start()
    assert ready.wait(10)
    try:
        yield Here(f"127.0.0.1:{told[0][0]}", seat, journal, told[0][1])
    finally:
        ends[0]()
        thread.join(20)
