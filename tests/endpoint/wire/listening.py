"""A listener on a loop of its own in a thread, with routes that show what the wire does."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import uvloop

from kingmaker.interfaces.endpoint.exchange import Exchange
from kingmaker.interfaces.endpoint.health import live
from kingmaker.interfaces.endpoint.limits import Limits
from kingmaker.interfaces.endpoint.listening import Address, Listener
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.interfaces.endpoint.tokens import Tokens

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "uvloop": uvloop.new_event_loop,
    "asyncio": asyncio.new_event_loop,
}


@dataclass
class Routes:
    """/echo answers at once, /held when /release is asked for, in the order in which they came."""

    held: list[Exchange] = field(default_factory=list)

    def router(self) -> Router:
        router = Router()
        router.add("GET", "/health/live", live, probe=True)
        router.add("POST", "/echo", self.echo)
        router.add("GET", "/echo", self.echo)
        router.add("POST", "/held", self.held.append)
        router.add("POST", "/release", self.release, probe=True)
        router.add("GET", "/held", self.count, probe=True)
        router.add("GET", "/broken", self.broken)
        router.add("GET", "/models/{name}/versions/{version}", self.parts)
        router.add("GET", "/large", self.large)
        return router

    def echo(self, exchange: Exchange) -> None:
        exchange.answer(200, exchange.body or exchange.query, headers={b"X-Asked": exchange.header(b"x-ask")})

    def release(self, exchange: Exchange) -> None:
        held, self.held[:] = self.held[:], []
        for one in held:
            one.answer(200, one.body)
        exchange.answer(200, b"released")

    def count(self, exchange: Exchange) -> None:
        exchange.answer(200, str(len(self.held)).encode())

    def broken(self, exchange: Exchange) -> None:
        raise LookupError(exchange.path)

    def parts(self, exchange: Exchange) -> None:
        exchange.answer(200, "|".join(f"{name}={value}" for name, value in exchange.parts.items()).encode())

    def large(self, exchange: Exchange) -> None:
        exchange.answer(200, bytes(int(exchange.query)))


@dataclass
class Listening:
    """A listener that runs. `does` runs a coroutine on its loop and waits for it."""

    loop: asyncio.AbstractEventLoop
    listener: Listener
    port: int

    def does(self, act: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(act, self.loop).result(10)

    def readings(self) -> dict[str, float]:
        """Read on the loop, between two turns of it."""

        async def read() -> dict[str, float]:
            return {reading.name: reading.value for reading in self.listener.wire.readings()}

        return dict(self.does(read()))


@contextmanager
def listening(
    limits: Limits | None = None,
    *,
    router: Router | None = None,
    tokens: Tokens | None = None,
    address: Address | None = None,
    loop: str = "uvloop",
) -> Iterator[Listening]:
    made = LOOPS[loop]()
    thread = Thread(target=made.run_forever)
    thread.start()

    async def opened() -> Listening:
        listener = Listener(
            address or Address(port=0), router or Routes().router(), limits or Limits(), tokens or Tokens()
        )
        return Listening(made, listener, await listener.open())

    try:
        running = asyncio.run_coroutine_threadsafe(opened(), made).result(10)
        try:
            yield running
        finally:
            running.does(running.listener.close())
    finally:  # also where it could not be opened
        made.call_soon_threadsafe(made.stop)
        thread.join(10)
        made.close()
