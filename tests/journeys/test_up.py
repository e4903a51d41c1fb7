"""`kingmaker up` on an empty folder: declared over HTTP, run by a schedule, served by an endpoint, rolled back over HTTP."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from queue import Queue
from signal import SIGTERM
from threading import Event, Thread
from typing import Any
from urllib.request import Request, urlopen

import pytest
from tests.journeys.book import write_book, write_pipeline
from tests.journeys.console import Console

from kingmaker.domain.champion import TurnReason
from kingmaker.interfaces.client import Client

APPLICANT = {"savings": 3000.0, "debt": 0.4, "inquiries": 3, "region": "south", "amount": 5000.0}
BEFORE = date(2016, 12, 31)


@dataclass
class Up:
    """The process, what it said first, and every line after it."""

    process: subprocess.Popen[str]
    told: dict[str, Any]
    lines: "Queue[dict[str, Any]]" = field(default_factory=Queue)

    def endpoint(self, pipeline: str) -> str:
        """The URL of the pipeline's endpoint, as it was announced."""
        while True:
            line = self.lines.get(timeout=60)
            if line.get("pipeline") == pipeline:
                return str(line["url"])

    def leaves(self) -> int:
        self.process.send_signal(SIGTERM)
        return self.process.wait(60)


@contextmanager
def up(console: Console, data: Path) -> Iterator[Up]:
    process = console.start("up", "--port", "0", "--endpoint-port", "0", "--data", str(data), "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    running = Up(process, json.loads(process.stdout.readline()))
    readers = [
        Thread(target=_read, args=(process.stdout, running.lines.put)),
        Thread(target=_read, args=(process.stderr,)),
    ]
    for reader in readers:
        reader.start()
    with process:
        try:
            yield running
        finally:
            process.kill()
            for reader in readers:
                reader.join()


def _read(stream: Any, tell: Callable[[dict[str, Any]], None] = lambda _: None) -> None:
    for line in stream:
        if line.startswith("{"):
            tell(json.loads(line))


def until(told: Callable[[], Any], what: str, seconds: float = 120.0) -> Any:
    """What it answers once it answers with something."""
    pause = Event()
    for _ in range(int(seconds / 0.1)):
        found = told()
        if found:
            return found
        pause.wait(0.1)
    raise AssertionError(f"{what} never came")


def version_served(url: str) -> str:
    request = Request(f"{url}/score", json.dumps(APPLICANT).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["version"])


@pytest.mark.slow
def test_one_command_declares_schedules_runs_serves_and_rolls_back(tmp_path: Path):
    data = tmp_path / "data"
    data.mkdir()
    write_book(data)
    declaration = write_pipeline(tmp_path).read_text(encoding="utf-8")
    with (
        up(Console(tmp_path), data) as running,
        Client(running.told["url"], token=running.told["first_token"]) as client,
    ):
        assert client.declare(declaration).number == 1
        asked = client.ask("book", as_of=BEFORE)
        until(lambda: client.queued(asked.number).run, "the first run")
        client.set_schedule("book", "* * * * *")
        endpoint = running.endpoint("book")
        first = until(lambda: client.champion("book"), "the first champion").turn.version
        until(lambda: _serves(endpoint, first), "the first champion at the endpoint")

        scheduled = until(lambda: [one for one in client.queue() if one.origin == "schedule"], "the schedule's request")
        client.pause_schedule("book")
        assert scheduled[-1].request.requested_by == "schedule"
        until(lambda: len(client.history("book")) == 2, "the second champion")
        second = client.history("book")[-1].version
        until(lambda: _serves(endpoint, second), "the second champion at the endpoint", 10)

        turn = client.roll_back("book", why="The branch asked for it.")
        assert (turn.version, turn.reason, turn.by) == (first, TurnReason.ROLLED_BACK, "first administrator")
        until(lambda: _serves(endpoint, first), "the old champion at the endpoint", 10)

        reports = until(
            lambda: [one for one in client.endpoints("book") if one.behind == 0], "the endpoint's report", 30
        )
        assert reports[0].version == first
        assert client.verify_audit().entries > 8
        assert running.leaves() == 0
    assert Console(tmp_path).does("pipelines")[0]["declaration"] == 1
    assert Console(tmp_path).does("ask", "book")["request"]["declared_in"].startswith(str(data)), (
        "the same data as up's"
    )


def _serves(endpoint: str, version: str) -> bool:
    try:
        return version_served(endpoint).startswith(version[:12])
    except OSError:
        return False
