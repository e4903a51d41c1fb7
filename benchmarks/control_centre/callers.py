"""Callers on raw streams: endpoints that wait for the pointer, and somebody who lists the runs at a steady pace."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from time import perf_counter

from benchmarks.control_centre.home import PIPELINE

LISTING = "/api/v1/runs?limit=50"
WAIT_SECONDS = (22, 30)
"""As an endpoint waits: not in step with the others."""
LISTERS = 16


@dataclass
class Connection:
    """One connection that is kept. `answered` is told of each status that is not expected."""

    port: int
    token: str
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def ask(self, path: str, headers: str = "") -> tuple[int, dict[str, str], bytes]:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        assert self.reader is not None
        head = f"GET {path} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {self.token}\r\n{headers}\r\n"
        self.writer.write(head.encode())
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        told = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
        body = await self.reader.readexactly(int(told.get("content-length", "0")))
        return int(lines[0].split()[1]), told, body

    async def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            with suppress(OSError):
                await self.writer.wait_closed()


@dataclass
class Fleet:
    """Endpoints, each of which always has one request for the pointer under way. `heard` are moments of the newest one."""

    port: int
    tokens: Sequence[str]
    count: int
    heard: list[float] = field(default_factory=list)
    failures: int = 0
    _chance: Random = field(default_factory=lambda: Random(7))
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _all_heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def assemble(self) -> None:
        """All have the pointer as it is now, and wait for the next."""
        self.expect()
        self._tasks = [asyncio.create_task(self._follow(number)) for number in range(self.count)]
        await self.all_heard()

    def expect(self) -> None:
        self.heard.clear()
        self._all_heard.clear()

    async def all_heard(self) -> None:
        async with asyncio.timeout(60):
            await self._all_heard.wait()

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow(self, number: int) -> None:
        connection, tag = Connection(self.port, self.tokens[number % len(self.tokens)]), ""
        try:
            while True:
                wait = self._chance.randint(*WAIT_SECONDS)
                headers = f"If-None-Match: {tag}\r\nPrefer: wait={wait}\r\n" if tag else ""
                status, told, _body = await connection.ask(f"/champions/{PIPELINE}.json", headers)
                if status == 200:
                    tag = told["etag"]
                    self._hear()
                elif status != 304:
                    self.failures += 1
                    await asyncio.sleep(0.5)
        finally:
            await connection.close()

    def _hear(self) -> None:
        self.heard.append(perf_counter())
        if len(self.heard) == self.count:
            self._all_heard.set()


@dataclass(frozen=True, slots=True)
class Listings:
    """Seconds from when each was due until it was answered: a server that stalls is not spared. `lines` at least in each."""

    seconds: tuple[float, ...]
    failures: int
    lines: int


async def list_runs(port: int, token: str, *, a_second: float, seconds: float) -> Listings:
    """So many a second, whether or not the ones before were answered."""
    idle = [Connection(port, token) for _ in range(LISTERS)]
    everyone, began = list(idle), perf_counter()
    taken: list[float] = []
    statuses: list[int] = []
    lines: list[int] = []
    free = asyncio.Semaphore(LISTERS)

    async def one(due: float) -> None:
        async with free:
            connection = idle.pop()
            status, _told, body = await connection.ask(LISTING)
            idle.append(connection)
        taken.append(perf_counter() - due)
        statuses.append(status)
        lines.append(body.count(b'"declared_in"'))

    tasks = []
    for number in range(round(a_second * seconds)):
        due = began + number / a_second
        await asyncio.sleep(max(0.0, due - perf_counter()))
        tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    for connection in everyone:
        await connection.close()
    return Listings(tuple(taken), sum(status != 200 for status in statuses), min(lines))
