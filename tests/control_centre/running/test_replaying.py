"""The duty that has replays done: when it starts a process, and what becomes of one that dies or stays."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from tests.control_centre.houses import declaring
from tests.control_centre.running.test_supervising import child

from kingmaker.control.office.office import Office
from kingmaker.control.replaying.duty import Replays
from kingmaker.domain.access import owner
from kingmaker.ports.house import House

STAYING = """
import os
while os.read(0, 4096): pass
"""
DEAF = "import signal; signal.pause()"
DYING = "raise SystemExit(1)"
DOING_NOTHING = ""


@contextmanager
def doing(house: House, program: str) -> Iterator[tuple[Replays, list["subprocess.Popen[bytes]"]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        started.append(child(program))
        return started[-1]

    duty = Replays(house, start)
    try:
        yield duty, started
    finally:
        duty.stop(0.2)
        assert all(process.returncode is not None for process in started)


def ask(house: House) -> None:
    office = Office(house, owner("ada"))
    office.declare(declaring())
    office.ask_replay("loans", from_month="2024-12", to_month="2025-12")


def ticks_until(duty: Replays, done: Callable[[], bool]) -> None:
    deadline = monotonic() + 20
    while not done():
        assert monotonic() < deadline, "it did not come in good time"
        duty.tick()
        threading.Event().wait(0.02)


def test_no_process_is_started_before_a_replay_is_asked_for_and_one_then(house: House) -> None:
    with doing(house, STAYING) as (duty, started):
        duty.tick()
        assert (started, duty.child) == ([], None)
        ask(house)
        for _ in range(3):
            duty.tick()
        assert [process.pid for process in started] == [duty.child]


def test_while_another_process_has_it_none_is_started(house: House) -> None:
    ask(house)
    assert house.ledger.claim_replay("elsewhere") is not None
    with doing(house, STAYING) as (duty, started):
        duty.tick()
        assert started == []


def test_one_that_left_without_a_word_is_followed_by_the_next(house: House) -> None:
    ask(house)
    with doing(house, DOING_NOTHING) as (duty, started):
        ticks_until(duty, lambda: len(started) > 2)


def test_processes_that_die_young_are_started_ever_more_slowly(house: House) -> None:
    ask(house)
    with doing(house, DYING) as (duty, started):
        ticks_until(duty, lambda: bool(started) and started[0].poll() is not None)
        duty.tick()
        duty.tick()
        assert len(started) == 1


def test_one_that_does_not_hear_is_killed(house: House) -> None:
    ask(house)
    with doing(house, DEAF) as (duty, started):
        duty.tick()
        duty.stop(0.1)
        assert started[0].returncode == -9
        duty.tick()
        assert len(started) == 1
