"""Every engine keeps the contract; and what the local one promises beyond it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kingmaker.adapters.engines.local import PRELOAD, LocalEngine
from kingmaker.ports.engine import Engine, OutcomeKind

from . import engine_tasks as tasks
from .engine_suite import LONG, EngineContract, LifeLine, life_line, outcome_of

__all__ = ["life_line"]

A_LOOP_THAT_IS_KILLED = """
import os, signal, sys
from pathlib import Path
from kingmaker.adapters.engines.local import LocalEngine
from tests.contracts import engine_tasks

engine = LocalEngine(1, preload=())
engine.submit(engine_tasks.never_return_from_native_code, b"", files=[Path(sys.argv[1])], deadline_seconds=600)
sys.stdin.read()
os.kill(os.getpid(), signal.SIGKILL)
"""


class TestLocalEngine(EngineContract):
    def open(self, slots: int) -> Engine:
        return LocalEngine(slots, preload=())


def children() -> set[str]:
    return {pid for listing in Path("/proc/self/task").glob("*/children") for pid in listing.read_text().split()}


def descriptors() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def test_no_task_survives_its_loop_being_killed(life_line: LifeLine) -> None:
    command = [sys.executable, "-c", A_LOOP_THAT_IS_KILLED, str(life_line.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=Path(__file__).parents[2]) as loop:
        life_line.wait_until_held()
        assert loop.stdin
        loop.stdin.close()
        assert loop.wait() == -signal.SIGKILL
    life_line.wait_until_nobody_holds_it()


def test_no_task_survives_its_warden_being_killed_and_the_next_task_gets_a_new_one(life_line: LifeLine) -> None:
    engine = LocalEngine(1, preload=())
    before = children()
    engine.submit(tasks.never_return_from_native_code, b"", files=[life_line.path], deadline_seconds=LONG)
    life_line.wait_until_held()
    (warden,) = children() - before
    os.kill(int(warden), signal.SIGKILL)
    assert outcome_of(engine).kind is OutcomeKind.LOST
    life_line.wait_until_nobody_holds_it()
    engine.submit(tasks.repeat, b"2", files=[], deadline_seconds=LONG)
    assert outcome_of(engine).value == b"xx"
    engine.close()


def test_a_closed_engine_leaves_no_process_no_descriptor_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = children(), descriptors()
    for _ in range(2):
        engine = LocalEngine(2, preload=())
        engine.submit(tasks.never_return_from_native_code, b"", files=[], deadline_seconds=LONG)
        engine.submit(tasks.repeat, b"1", files=[], deadline_seconds=LONG)
        assert outcome_of(engine).kind is OutcomeKind.OK
        engine.close()
    assert (children(), descriptors()) == before
    assert list(tmp_path.iterdir()) == []


def test_a_task_is_forked_with_the_libraries_loaded_and_with_one_thread() -> None:
    engine = LocalEngine(1, preload=[*PRELOAD, "no_such_library"])
    engine.submit(tasks.tell_surroundings, b"", files=[], deadline_seconds=LONG)
    surroundings = json.loads(outcome_of(engine).value)
    assert (surroundings["threads"], surroundings["openmp"]) == (1, "1")
    assert surroundings["group"] != os.getpgid(0)
    engine.close()


def test_a_library_that_cannot_be_loaded_ahead_stops_no_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "half_written.py").write_text("def")
    monkeypatch.syspath_prepend(tmp_path)
    engine = LocalEngine(1, preload=["half_written"])
    engine.submit(tasks.repeat, b"2", files=[], deadline_seconds=LONG)
    assert outcome_of(engine).value == b"xx"
    engine.close()


def test_an_unused_engine_starts_no_process() -> None:
    before = children()
    engine = LocalEngine(2)
    assert engine.health().alive
    assert children() == before
    engine.close()


def test_a_warmed_engine_has_started_what_its_first_task_needs() -> None:
    before = children()
    engine = LocalEngine(1, preload=())
    engine.warm()
    warden = children() - before
    engine.submit(tasks.repeat, b"2", files=[], deadline_seconds=LONG)
    assert outcome_of(engine).value == b"xx"
    assert children() - before == warden
    engine.close()
    assert children() == before
