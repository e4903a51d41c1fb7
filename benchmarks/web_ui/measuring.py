"""One control centre over a home with years behind it: every page opened, again and again, and many left open."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from benchmarks.contest import ROOT
from benchmarks.serving.measure import cpu_seconds, memory
from benchmarks.web_ui.asking import JSON, PAGES, Visitor, visiting
from benchmarks.web_ui.open_pages import left_open
from benchmarks.web_ui.weight import Weight, weigh

OPEN: Final = ("/", "/runs", "/runs/10001", "/endpoints")
"""The pages with timers, which are left open."""
SETTLE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One page: ms of server time until its last byte; `cpu_ms` the server's CPU a page, whatever else it did meanwhile.

    `sent` bytes came over the wire, `whole` is what they unpack to.
    """

    name: str
    path: str
    first_ms: float
    median_ms: float
    max_ms: float
    cpu_ms: float
    sent: int
    whole: int
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOpen:
    """So many pages open at once: the server's CPU as a share of a core, and what the overview then takes in ms."""

    pages: int
    cpu: float
    overview_ms: float
    overview_max_ms: float
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    pages: tuple[Opened, ...]
    documents: tuple[Opened, ...]
    weight: Weight | None
    open_pages: LeftOpen
    started_mb: float
    after_mb: float
    open_mb: float


def measure(home: Path, folder: Path, *, rounds: int, open_pages: int, seconds: float) -> Measured:
    with _control_centre(home, folder) as (process, port), visiting(port, "ada") as visitor:
        started_mb = memory(process).pss_mb
        weight = weigh(visitor, port, "/")
        pages = tuple(_opened(visitor, process, PAGES, rounds))
        documents = tuple(_opened(visitor, process, JSON, rounds))
        after_mb = memory(process).pss_mb
        open_ones, open_mb = asyncio.run(_left_open(visitor, process, port, open_pages, seconds))
        return Measured(
            pages=pages,
            documents=documents,
            weight=weight,
            open_pages=open_ones,
            started_mb=started_mb,
            after_mb=after_mb,
            open_mb=open_mb,
        )


def _opened(visitor: Visitor, process: int, paths: Mapping[str, str], rounds: int) -> Iterator[Opened]:
    for name, path in paths.items():
        first = visitor.asks(path)
        cpu = cpu_seconds(process)
        answers = [visitor.asks(path) for _ in range(rounds)]
        yield Opened(
            name=name,
            path=path,
            first_ms=first.seconds * 1e3,
            median_ms=median(one.seconds for one in answers) * 1e3,
            max_ms=max(one.seconds for one in answers) * 1e3,
            cpu_ms=(cpu_seconds(process) - cpu) / rounds * 1e3,
            sent=first.sent,
            whole=first.whole,
            status=max(one.status for one in (first, *answers)),
        )


async def _left_open(visitor: Visitor, process: int, port: int, count: int, seconds: float) -> tuple[LeftOpen, float]:
    async with left_open(visitor, port, [OPEN[number % len(OPEN)] for number in range(count)]) as heard:
        await asyncio.sleep(SETTLE_SECONDS)
        cpu, began, before = cpu_seconds(process), perf_counter(), heard.messages
        taken: list[float] = []
        while perf_counter() - began < seconds:
            answer = await asyncio.to_thread(visitor.asks, "/")
            taken.append(answer.seconds)
            await asyncio.sleep(2.0)
        share = (cpu_seconds(process) - cpu) / (perf_counter() - began)
        found = LeftOpen(
            pages=count,
            cpu=share,
            overview_ms=median(taken) * 1e3,
            overview_max_ms=max(taken) * 1e3,
            messages=heard.messages - before,
        )
        return found, memory(process).pss_mb


@contextmanager
def _control_centre(home: Path, folder: Path) -> Iterator[tuple[int, int]]:
    """(process, port) of `kingmaker control`, which conducts no run meanwhile."""
    command = [
        sys.executable,
        "-m",
        "kingmaker",
        "--home",
        str(home),
        "control",
        "--port",
        "0",
        "--runs",
        "0",
        "--json",
    ]
    with (
        (folder / "control.log").open("wb") as log,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"KINGMAKER_DATA": str(folder)},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"the control centre did not start; {folder / 'control.log'} says why.")
        try:
            yield process.pid, int(json.loads(line)["url"].rpartition(":")[2])
        finally:
            process.terminate()
