"""One control centre as it is operated, under load: what it answers when, and what it costs."""

import asyncio
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from benchmarks.contest import ROOT
from benchmarks.control_centre.callers import Fleet, Listings, list_runs
from benchmarks.control_centre.home import Prepared, prepare
from benchmarks.serving.measure import cpu_seconds, memory

LOOK_SECONDS = 0.5
QUIET_CPU_SECONDS = 0.06
"""A server that needs less than this between two looks has let everybody in, who now waits."""
MOST_LOOKS = 60
WARM_SECONDS = 2.0
"""Of listings that are not counted: the server's threads open their connections to the ledger."""
SPARE_FILES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """`rounds` is how often another pointer is announced."""

    endpoints: int = 1000
    listings_a_second: float = 50.0
    seconds: float = 30.0
    rounds: int = 5
    runs: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Seconds from the announcement until the first, the middle and the last endpoint had heard, and the server's CPU."""

    first: float
    median: float
    last: float
    cpu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """CPU as a share of one core, memory in MB (PSS), listings in ms."""

    idle_mb: float
    waiting_mb: float
    waiting_cpu: float
    listing_cpu: float
    listing_mb: float
    p50_ms: float
    p99_ms: float
    slowest_ms: float
    listings: int
    lines: int
    failures: int
    news: tuple[News, ...]


def measure(folder: Path, load: Load) -> Measured:
    """In a home of its own under the folder."""
    _need_files(load.endpoints)
    prepared = prepare(folder / "home", runs=load.runs, endpoints=load.endpoints)
    try:
        with _control_centre(folder) as (process, port):
            return asyncio.run(_measured(prepared, process, port, load))
    finally:
        prepared.house.close()


async def _measured(prepared: Prepared, process: int, port: int, load: Load) -> Measured:
    await list_runs(port, prepared.viewer, a_second=20.0, seconds=1.0)
    idle_mb = memory(process).pss_mb
    fleet = Fleet(port, prepared.endpoints, load.endpoints)
    await fleet.assemble()
    await _quiet(process)
    waiting_mb = memory(process).pss_mb
    waiting_cpu = await _cpu_while(process, asyncio.sleep(load.seconds / 3))
    await list_runs(port, prepared.viewer, a_second=load.listings_a_second, seconds=WARM_SECONDS)
    cpu, began = cpu_seconds(process), perf_counter()
    listings = await list_runs(port, prepared.viewer, a_second=load.listings_a_second, seconds=load.seconds)
    listing_cpu = (cpu_seconds(process) - cpu) / (perf_counter() - began)
    news = [await _news(prepared, process, fleet, edition) for edition in range(2, load.rounds + 2)]
    await fleet.leave()
    return Measured(
        idle_mb=idle_mb,
        waiting_mb=waiting_mb,
        waiting_cpu=waiting_cpu,
        listing_cpu=listing_cpu,
        listing_mb=memory(process).pss_mb,
        **_told(listings),
        failures=listings.failures + fleet.failures,
        news=tuple(news),
    )


async def _cpu_while(process: int, work: "asyncio.Future[None] | object") -> float:
    cpu, began = cpu_seconds(process), perf_counter()
    await work  # type: ignore[misc]
    return (cpu_seconds(process) - cpu) / (perf_counter() - began)


async def _news(prepared: Prepared, process: int, fleet: Fleet, edition: int) -> News:
    """The clock starts before the pointer is written and synced; CPU is counted until all wait for the next one."""
    fleet.expect()
    cpu, announced = cpu_seconds(process), perf_counter()
    await asyncio.to_thread(prepared.announce, edition)
    await fleet.all_heard()
    await _quiet(process)
    heard = sorted(moment - announced for moment in fleet.heard)
    return News(first=heard[0], median=heard[len(heard) // 2], last=heard[-1], cpu=cpu_seconds(process) - cpu)


async def _quiet(process: int) -> None:
    """Until all that was asked is answered, or waits."""
    before = cpu_seconds(process)
    for _ in range(MOST_LOOKS):
        await asyncio.sleep(LOOK_SECONDS)
        now = cpu_seconds(process)
        if now - before < QUIET_CPU_SECONDS:
            return
        before = now


def _told(listings: Listings) -> dict[str, float | int]:
    cuts = quantiles(listings.seconds, n=100)
    return {
        "p50_ms": cuts[49] * 1e3,
        "p99_ms": cuts[98] * 1e3,
        "slowest_ms": max(listings.seconds) * 1e3,
        "listings": len(listings.seconds),
        "lines": listings.lines,
    }


@contextmanager
def _control_centre(folder: Path) -> Iterator[tuple[int, int]]:
    """(process, port) of `kingmaker control`, which conducts no run meanwhile."""
    command = [
        sys.executable, "-m", "kingmaker", "--home", str(folder / "home"), "control", "--port", "0", "--runs", "0", "--json",
    ]  # fmt: skip
    with (
        (folder / "control.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield process.pid, int(json.loads(line)["url"].rpartition(":")[2])
        finally:
            process.terminate()


def _need_files(connections: int) -> None:
    """Both sides hold one file a connection; a child inherits the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + SPARE_FILES
    if hard not in {resource.RLIM_INFINITY, -1} and hard < wanted:
        raise SystemExit(f"{connections} connections need {wanted:,} open files, and {hard:,} are allowed (ulimit -n).")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def cores() -> int:
    return len(os.sched_getaffinity(0))


def middle(numbers: Sequence[float]) -> float:
    return sorted(numbers)[len(numbers) // 2]
