"""Load by wrk on loopback: one thread, kept-alive connections, bodies in turn."""

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.serving.contenders.contender import SERVING, Contender
from benchmarks.serving.questions import Questions

_MARK = "measured "
NO_WRK = (
    "wrk is not installed, and this benchmark sends its load with it: install it (on Debian, `apt-get install wrk`)."
)


@dataclass(frozen=True, slots=True)
class Point:
    """How a contender is asked: so many connections, so many rows a request; 0 rows is the "hello"."""

    connections: int
    rows: int

    @property
    def name(self) -> str:
        return f"c{self.connections} {f'r{self.rows}' if self.rows else 'hello'}"


POINTS = (Point(1, 1), Point(8, 1), Point(64, 1), Point(8, 100))
HELLOS = (Point(1, 0), Point(8, 0), Point(64, 0))
WITH_HELLOS = (*(point for pair in zip(POINTS, HELLOS, strict=False) for point in pair), *POINTS[len(HELLOS) :])
"""Each hello right after what it is compared with: a busy machine changes from second to second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One point in one round. `cpu_us`: the server's CPU microseconds a request. `errors`: not answered, or not with 2xx."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    errors: int
    cpu_us: float

    def told(self) -> dict[str, float]:
        return asdict(self)


def need_wrk() -> str:
    """Where wrk is. Ends the program with a sentence when it is nowhere."""
    found = shutil.which("wrk")
    if not found:
        raise SystemExit(NO_WRK)
    return found


def write_bodies(contender: Contender, questions: Questions, folder: Path) -> dict[int, Path]:
    """The files of bodies that wrk sends, by rows a request."""
    files = {}
    for rows, asked in ((1, questions.singles()), (100, questions.batches())):
        files[rows] = folder / f"{contender.name}_{rows}.bodies"
        files[rows].write_bytes(b"\n".join(contender.body(question) for question, _ in asked) + b"\n")
    return files


def wrk_command(contender: Contender, bodies: dict[int, Path], port: int, point: Point, seconds: int) -> list[str]:
    path = contender.path_for(point.rows) if point.rows else contender.hello
    command = [need_wrk(), "-t1", f"-c{point.connections}", f"-d{seconds}s", "--timeout", "20s"]
    command += ["-s", str(SERVING / "rotate.lua"), f"http://127.0.0.1:{port}{path}"]
    if point.rows:
        headers = [part for pair in contender.headers.items() for part in pair]
        command += ["--", str(bodies[point.rows]), path, *headers]
    return command


def send(command: Sequence[str], cpu_seconds: Callable[[], float]) -> Load:
    """Run wrk once, and charge the server for the CPU time that `cpu_seconds` says it used meanwhile."""
    before = cpu_seconds()
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return read(told, cpu_seconds() - before)


def read(told: str, cpu_seconds: float) -> Load:
    """What wrk and the script told. Raises ValueError when there is no measurement in it."""
    line = next((line for line in told.splitlines() if line.startswith(_MARK)), None)
    if line is None:
        raise ValueError(f"wrk told no measurement: {told[-500:]!r}")
    facts = json.loads(line.removeprefix(_MARK))
    requests = facts["requests"]
    return Load(
        requests_per_second=requests / (facts["microseconds"] / 1e6),
        p50_ms=facts["p50"] / 1e3,
        p99_ms=facts["p99"] / 1e3,
        errors=facts["refused"] + facts["broken"],
        cpu_us=cpu_seconds * 1e6 / max(requests, 1),
    )
