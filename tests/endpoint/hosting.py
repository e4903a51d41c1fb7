"""An endpoint on a port of its own, with what a request passes through in one: wire, router, desk and a seated model."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread

import msgspec
import uvloop

from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.reasons.explainer import explainer_of
from kingmaker.bundle.writing import BundleContents, write_bundle
from kingmaker.domain.champion import TurnReason
from kingmaker.domain.pointer import Canary, Placed, Pointer
from kingmaker.interfaces.endpoint.health import Health
from kingmaker.interfaces.endpoint.limits import Limits
from kingmaker.interfaces.endpoint.listening import Address, Listener
from kingmaker.interfaces.endpoint.metrics import Metrics
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.interfaces.endpoint.routes import add_scoring_routes
from kingmaker.interfaces.endpoint.tokens import Tokens
from kingmaker.serving.deployed import Deployed, deploy
from kingmaker.serving.desk import Desk
from kingmaker.serving.explaining import Explaining, Words
from kingmaker.serving.fields import Accepting
from kingmaker.serving.following import Following
from kingmaker.serving.journal.entry import Batch
from kingmaker.serving.seat import Seat, Standing


class Listed:
    """A journal that keeps what it is told."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []

    def record(self, batch: Batch) -> None:
        self.batches.append(batch)


Made = tuple[Deployed, Placed]


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> object:
        return msgspec.json.decode(self.body)


@dataclass(frozen=True, slots=True)
class Running:
    """`address` is host:port, as clients take it."""

    address: str
    seat: Seat
    journal: Listed
    desk: Desk

    @property
    def counted(self) -> dict[tuple[str, ...], float]:
        """The desk's readings by name and labels."""
        return {
            (reading.name, *(value for _, value in reading.labels)): reading.value for reading in self.desk.readings()
        }

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        """Over a connection of its own; header names have `_` for `-`."""
        connection = HTTPConnection(self.address, timeout=20)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def post(self, path: str, body: object, **headers: str) -> Reply:
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return self.send("POST", path, data, **({"content_type": "application/json"} | headers))


def deployed(contents: BundleContents, key: SigningKey, folder: Path) -> tuple[Deployed, Placed]:
    written = write_bundle(contents, key, folder / "model.bundle")
    placed = Placed(version=written.version, archive="0" * 64, size=written.size)
    return deploy(written.path, placed, contents.pipeline, trusted=[key.public]), placed


def standing_of(
    champion: tuple[Deployed, Placed], canary: tuple[Deployed, Placed] | None = None, share: float = 0.5
) -> Standing:
    pointer = Pointer(
        pipeline=champion[0].bundle.pipeline,
        edition=1,
        turn=1,
        champion=champion[1],
        since=datetime(2026, 11, 22, tzinfo=UTC),
        reason=TurnReason.PROMOTED,
        why="It is better",
    )
    if canary is None:
        return Standing(pointer=pointer, champion=champion[0])
    tried = replace(pointer, canary=Canary(placed=canary[1], share=share))
    return Standing(pointer=tried, champion=champion[0], canary=canary[0])


@contextmanager
def running(
    standing: Standing | None, accepting: Accepting | None = None, words: Words | None = None
) -> Iterator[Running]:
    """Serve with every route, in a thread of its own, for as long as the block lasts."""
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
        yield Running(f"127.0.0.1:{told[0][0]}", seat, journal, told[0][1])
    finally:
        ends[0]()
        thread.join(20)
