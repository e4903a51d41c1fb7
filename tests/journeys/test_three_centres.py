"""Three control centres on one PostgreSQL, killed and frozen at random, the database restarted under them: nothing is lost.

KINGMAKER_KILLS says how often; the suite itself does it only so many times that each way of dying is met.
"""

import json
import os
import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Event, Thread

import pytest
from tests.contracts.postgres_server import programs, restarted, serving
from tests.journeys.book import AFTER_THE_SHIFT, BEFORE_THE_SHIFT, write_book, write_pipeline
from tests.journeys.console import COMMAND, Console

from kingmaker.control.access.first import first_token
from kingmaker.domain.queue import QueueState
from kingmaker.domain.run import RunReason, Stage
from kingmaker.interfaces.client import Client
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

KILLS = int(os.environ.get("KINGMAKER_KILLS", "12"))
CENTRES = 3
PIPELINES = ("east", "north", "west")
DAYS = (BEFORE_THE_SHIFT, AFTER_THE_SHIFT)
LEASE_SECONDS = 4
FREEZE_SECONDS = 6.0
SHORT_LIFE = 1.2


@dataclass
class Centre:
    """One control centre, started again whenever it was killed."""

    console: Console
    name: str
    process: subprocess.Popen[str] = field(init=False)
    url: str = ""

    def start(self) -> None:
        log = (self.console.folder / f"{self.name}.log").open("a")
        with log:
            self.process = subprocess.Popen(
                [*COMMAND, "control", "--port", "0", "--data", str(self.console.folder), "--json"],
                cwd=self.console.folder,
                env=self.console.variables,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )

    def answers(self) -> str:
        """Its URL, once it listens."""
        if not self.url:
            assert self.process.stdout is not None
            self.url = json.loads(self.process.stdout.readline())["url"]
        return self.url

    def conductors(self) -> list[int]:
        """The processes that it started to conduct runs."""
        told = " ".join(path.read_text() for path in Path(f"/proc/{self.process.pid}/task").glob("*/children"))
        return [int(pid) for pid in told.split()]

    def start_again(self) -> None:
        self.leave()
        self.url = ""
        self.start()

    def leave(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@dataclass
class Fate:
    """Kills, or freezes for longer than a lease, one of the centres or of those who conduct for them."""

    centres: list[Centre]
    chance: random.Random
    thaws: list[Thread] = field(default_factory=list)

    def strike(self) -> None:
        centre = self.chance.choice(self.centres)
        with suppress(OSError):
            conductors = centre.conductors()
            match self.chance.randrange(4):
                case 0:
                    centre.start_again()
                case 1:
                    self._freeze(centre.process.pid)
                case 2 if conductors:
                    os.kill(self.chance.choice(conductors), signal.SIGKILL)
                case _ if conductors:
                    self._freeze(self.chance.choice(conductors))

    def _freeze(self, pid: int) -> None:
        descriptor = os.pidfd_open(pid)
        signal.pidfd_send_signal(descriptor, signal.SIGSTOP)
        thaw = Thread(target=self._thaw, args=(descriptor,))
        thaw.start()
        self.thaws.append(thaw)

    def _thaw(self, descriptor: int) -> None:
        Event().wait(FREEZE_SECONDS)
        with suppress(OSError):
            signal.pidfd_send_signal(descriptor, signal.SIGCONT)
        os.close(descriptor)

    def relents(self) -> None:
        for thaw in self.thaws:
            thaw.join()


@contextmanager
def centres(console: Console) -> Iterator[list[Centre]]:
    made = [Centre(console, f"centre-{number}") for number in range(CENTRES)]
    for one in made:
        one.start()
    try:
        yield made
    finally:
        for one in made:
            one.leave()


@contextmanager
def opened(settings: Settings) -> Iterator[House]:
    house = open_house(settings)
    try:
        yield house
    finally:
        house.close()


@pytest.mark.slow
def test_no_run_is_lost_and_none_done_twice_whatever_dies(tmp_path: Path):
    installed = programs()
    if installed is None:
        pytest.skip("NO CONTROL CENTRES WERE TRIED ON POSTGRESQL: its programs are not installed")
    write_book(tmp_path)
    for name in PIPELINES:
        write_pipeline(tmp_path, name=name, learners="scorecard", trials=2)
    with ExitStack() as stack:
        server = stack.enter_context(serving(installed))
        address = server.of(tmp_path)
        variables = {
            "KINGMAKER_LEDGER": address,
            "KINGMAKER_LEASE_SECONDS": str(LEASE_SECONDS),
            "KINGMAKER_WORKERS": "1",
        }
        console = Console(tmp_path, variables)
        house = stack.enter_context(opened(Settings(home=console.home, ledger=address)))
        token = first_token(house)
        assert token is not None
        made = stack.enter_context(centres(console))
        with Client(made[0].answers(), token=token.secret) as client:
            for name in PIPELINES:
                client.declare((tmp_path / f"{name}.yaml").read_text(encoding="utf-8"))
            asked = [
                client.ask(name, as_of=date.fromisoformat(day), key=f"{name}/{day}").number
                for name in PIPELINES
                for day in DAYS
            ]
        fate, pause = Fate(made, random.Random(8)), Event()
        for strike in range(KILLS):
            pause.wait(fate.chance.uniform(0.1, SHORT_LIFE))
            fate.strike()
            if strike in {KILLS // 3, 2 * KILLS // 3}:
                restarted(server, installed)
        fate.relents()
        _wait_for_the_end(house, asked)
        _assert_nothing_lost(house, asked)
        for one in made:
            with Client(one.answers(), token=token.secret) as client:
                assert [line.pipeline for line in client.pipelines()] == list(PIPELINES)


def _wait_for_the_end(house: House, asked: list[int]) -> None:
    pause = Event()
    for _ in range(6000):
        found = [house.ledger.queued(number) for number in asked]
        if all(one.run is not None and house.ledger.run(one.run).state.is_over() for one in found):
            return
        pause.wait(0.1)
    raise AssertionError([(one.number, one.state, one.run) for one in found])


def _assert_nothing_lost(house: House, asked: list[int]) -> None:
    ledger = house.ledger
    requests = [ledger.queued(number) for number in asked]
    assert {one.state for one in requests} == {QueueState.STARTED}
    runs = [ledger.run(one.run) for one in requests if one.run is not None]
    assert len({run.number for run in runs}) == len(asked) == len(ledger.runs(limit=100))
    assert {run.reason for run in runs} == {RunReason.VERDICT_REACHED}
    for run in runs:
        stages = [record.stage for record in ledger.stages(run.number)]
        assert len(stages) == len(set(stages)) >= len(Stage) - 1
        assert [event.text for event in ledger.events(run.number, limit=10_000) if event.kind == "ended"] == [
            "verdict_reached"
        ]
    for name in PIPELINES:
        turns = ledger.history(name)
        assert [turn.turn for turn in turns] == list(range(1, len(turns) + 1))
        assert len(turns) >= 1
        assert len(ledger.versions(name)) >= len(turns)
    assert ledger.verify_audit() > 0
