"""A contender's server: started, waited for until its first right answer, checked, and stopped."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contest import ROOT
from benchmarks.serving.contenders.contender import Contender, Place
from benchmarks.serving.questions import Questions, Row

EQUAL = 1e-5
_PATIENCE_SECONDS = 120.0
_POLL_SECONDS = 0.005
_FAREWELL_SECONDS = 15.0


class Unfit(Exception):
    """A contender that does not start, or does not answer as xgboost does: nothing it does is worth measuring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`first_answer_seconds`: from the start of its process to its first right answer."""

    contender: Contender
    port: int
    pid: int
    first_answer_seconds: float

    def largest_difference(self, asked: Sequence[tuple[list[Row], list[float]]]) -> float:
        """How far its pds are from xgboost's at most. Raises Unfit above 1e-5."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        largest = max(difference(self.contender, connection, rows, pds) for rows, pds in asked)
        connection.close()
        if not largest <= EQUAL:
            raise Unfit(f"{self.contender.title}: its pds differ from xgboost's by {largest:.1e}, above {EQUAL:g}.")
        return largest

    def unlogged(self) -> int:
        """Answered rows that its log lacks; 0 for a contender that keeps none."""
        if not self.contender.metrics:
            return 0
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", self.contender.metrics)
        told = connection.getresponse().read().decode()
        connection.close()
        return self.contender.unlogged(told)


@contextmanager
def running(contender: Contender, place: Place, questions: Questions) -> Iterator[Server]:
    """The server, from its first right answer on; stopped with all of its processes at the end. Raises Unfit."""
    with _log(contender, place).open("wb") as out:
        began = time.perf_counter()
        process = subprocess.Popen(
            list(contender.command(place)),
            cwd=ROOT,
            env=_environment(contender, place),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        seconds = _until_right(contender, place, process, questions) - began
        yield Server(contender=contender, port=place.port, pid=process.pid, first_answer_seconds=seconds)
    finally:
        _stop(process)


def difference(
    contender: Contender, connection: http.client.HTTPConnection, rows: Sequence[Row], pds: Sequence[float]
) -> float:
    """Ask once; how far the answer's pds are from those expected at most. Raises Unfit for a refusal."""
    connection.request("POST", contender.path_for(len(rows)), contender.body(rows), dict(contender.headers))
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != http.HTTPStatus.OK:
        raise Unfit(f"{contender.title} answered {answer.status}: {body[:500]!r}")
    return max(abs(ours - theirs) for ours, theirs in zip(contender.pds(body), pds, strict=True))


def free_port() -> int:
    """A port that nobody listens on; nor on its next two, for servers that want more."""
    while True:
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            with suppress(OSError, OverflowError):
                second.bind(("127.0.0.1", port + 1))
                third.bind(("127.0.0.1", port + 2))
                return port


def _until_right(contender: Contender, place: Place, process: subprocess.Popen[bytes], questions: Questions) -> float:
    rows, pds = questions.singles()[0]
    refusal = "it does not listen"
    limit = time.perf_counter() + _PATIENCE_SECONDS
    while time.perf_counter() < limit and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=30)
        try:
            if difference(contender, connection, rows, pds) <= EQUAL:
                return time.perf_counter()
            refusal = "its first answer is wrong"
        except Unfit as error:
            refusal = str(error)
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(_POLL_SECONDS)
    log = _log(contender, place).read_text(errors="replace")[-2_000:]
    raise Unfit(f"{contender.title} gave no right answer ({refusal}). The end of its log:\n{log}")


def _log(contender: Contender, place: Place) -> Path:
    return place.folder / f"{contender.name}.log"


def _environment(contender: Contender, place: Place) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return {
        **kept,
        "PATH": f"{place.programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        **contender.environment(place),
    }


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server's own process group: politely, then by force."""
    for farewell in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, farewell)
        except ProcessLookupError:
            break
        try:
            process.wait(_FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"  process {process.pid} does not stop", file=sys.stderr)
