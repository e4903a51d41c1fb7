"""The runner: how many children it keeps, when they may look for work, and what becomes of those that die or stay."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from kingmaker.control.running.runner import Runner

BUSY = """
import os
os.read(0, 1)
os.write(1, b"run 7\\n")
while os.read(0, 4096): pass
"""
IDLE = """
import os
while os.read(0, 4096): os.write(1, b"nothing\\n")
"""
DYING = "raise SystemExit(1)"
DEAF = """
import os, signal, time
os.read(0, 1)
os.write(1, b"run 7\\n")
signal.pause()
"""


def child(program: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-S", "-E", "-c", program]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


@contextmanager
def supervising(program: str, *, at_once: int = 1) -> Iterator[tuple[Runner, list["subprocess.Popen[bytes]"]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        started.append(child(program))
        return started[-1]

    runner = Runner(start, at_once=at_once)
    try:
        yield runner, started
    finally:
        runner.stop(5.0)
        assert all(process.returncode is not None for process in started)


def ticks_until(runner: Runner, done: Callable[[], bool]) -> None:
    deadline = monotonic() + 20
    while not done():
        assert monotonic() < deadline, "it did not come in good time"
        runner.tick()
        threading.Event().wait(0.02)


def test_one_works_while_the_next_is_loaded_and_waits() -> None:
    with supervising(BUSY) as (runner, started):
        ticks_until(runner, lambda: runner.runs() == (7,))
        ticks_until(runner, lambda: len(started) == 2)
        for _ in range(5):
            runner.tick()
        assert runner.runs() == (7,)
        assert len(runner.children()) == 2


def test_as_many_work_at_once_as_it_is_told() -> None:
    with supervising(BUSY, at_once=3) as (runner, started):
        ticks_until(runner, lambda: runner.runs() == (7, 7, 7))
        ticks_until(runner, lambda: len(started) == 4)
        assert len(runner.children()) == 4


def test_one_that_finds_nothing_is_asked_again_and_no_other_is_started() -> None:
    with supervising(IDLE) as (runner, started):
        for _ in range(20):
            runner.tick()
            threading.Event().wait(0.01)
        assert len(started) == 1
        assert runner.runs() == ()


def test_who_dies_while_working_is_replaced_by_the_one_that_waits() -> None:
    with supervising(BUSY) as (runner, started):
        ticks_until(runner, lambda: runner.runs() == (7,) and len(started) == 2)
        started[0].kill()
        ticks_until(runner, lambda: len(started) == 3)
        ticks_until(runner, lambda: runner.runs() == (7,))
        assert started[0].pid not in runner.children()


def test_who_begins_or_ends_is_news() -> None:
    heard = threading.Semaphore(0)
    runner = Runner(lambda: child(BUSY))
    runner.when_news = heard.release
    runner.tick()
    assert heard.acquire(timeout=20)
    runner.stop(5.0)
    assert heard.acquire(timeout=20)


def test_children_that_die_at_once_are_started_ever_more_slowly() -> None:
    with supervising(DYING) as (runner, started):
        deadline = monotonic() + 2.5
        while monotonic() < deadline:
            runner.tick()
            threading.Event().wait(0.01)
        assert 2 <= len(started) <= 4


def test_whoever_does_not_go_when_told_to_is_killed() -> None:
    runner = Runner(lambda: child(DEAF))
    ticks_until(runner, lambda: runner.runs() == (7,))
    [pid, *_] = runner.children()
    began = monotonic()
    runner.stop(0.3)
    assert monotonic() - began < 5.0
    assert pid not in runner.children()
    runner.tick()
    assert runner.children() == ()
