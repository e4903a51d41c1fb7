"""Runs asked for as the control centre does it, and conducted by workers that are started and killed."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from tests.journeys.console import COMMAND, Console
from tests.journeys.crowd import wait_until_all_are_gone

from kingmaker.adapters.ledgers.holders import is_gone
from kingmaker.control.office.office import Office
from kingmaker.domain.access import owner
from kingmaker.domain.queue import Origin
from kingmaker.domain.run import Run
from kingmaker.loop.request import request_of, text_of
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.02
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody at the control centre of the console's home."""

    console: Console
    house: House

    @property
    def office(self) -> Office:
        return Office(self.house, owner("ada"))

    def ask(self, as_of: str, name: str = "book") -> int:
        """For what the pipeline file says; learners of the tests' own are refused to whoever asks over the office."""
        file = self.console.folder / f"{name}.yaml"
        request = request_of(text_of(file), file, as_of=date.fromisoformat(as_of), by="ada")
        return self.house.ledger.ask(request, key=f"{name} {as_of}", origin=Origin.PERSON).number

    def run_of(self, request: int) -> int:
        """The run that the request becomes."""
        return until(lambda: self.house.ledger.queued(request).run)

    def end_of(self, run: int) -> Run:
        until(lambda: self.house.ledger.run(run).state.is_over() or None)
        return self.house.ledger.run(run)

    def conductor(self, run: int) -> int:
        """The process that holds the run's lease, living."""
        return until(lambda: self.living_conductor(run))

    def living_conductor(self, run: int) -> int | None:
        [(holder,)] = self.console.rows(f"SELECT holder FROM run WHERE number = {run}")
        return int(holder.rsplit(":", 3)[1]) if holder and not is_gone(holder) else None

    def takings(self, run: int) -> int:
        return int(self.console.rows(f"SELECT token FROM run WHERE number = {run}")[0][0])


@contextmanager
def asker(console: Console) -> Iterator[Asker]:
    house = open_house(Settings(home=console.home))
    try:
        yield Asker(console, house)
    finally:
        house.close()


@contextmanager
def working(console: Console, *, workers: int = 1) -> Iterator["subprocess.Popen[str]"]:
    """Workers over the console's home, of which the first is answered; all are told to go at the end of the block."""
    processes = [start_worker(console) for _ in range(workers)]
    try:
        yield processes[0]
    finally:
        for process in processes:
            stop_worker(process)
        wait_until_all_are_gone(console)


def start_worker(console: Console) -> "subprocess.Popen[str]":
    with (console.folder / "worker.log").open("a", encoding="utf-8") as log:
        return subprocess.Popen(
            [*COMMAND, "worker"],
            cwd=console.folder,
            env=console.variables,
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,
        )


def stop_worker(process: "subprocess.Popen[str]") -> int:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    return process.wait(60)


def until(look: Callable[[], Found | None], seconds: float = PATIENCE_SECONDS) -> Found:
    """What is there as soon as it is; fails for what does not come in good time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        threading.Event().wait(LOOK_SECONDS)
    raise AssertionError("it did not come in good time")


def kill(pid: int, how: int = signal.SIGKILL) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, how)
