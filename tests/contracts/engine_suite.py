"""The behaviour every engine owes the loop. Subclass `EngineContract` and say how an engine is opened."""

import os
import select
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from kingmaker.ports.engine import Engine, Handle, Outcome, OutcomeKind

from . import engine_tasks as tasks

PATIENCE = 30.0
LONG = 600.0
CLOCK_READING = timedelta(milliseconds=1)


def next_outcomes(engine: Engine, count: int) -> list[Outcome]:
    found: list[Outcome] = []
    while len(found) < count:
        news = list(engine.completed(PATIENCE))
        assert news, f"{count - len(found)} outcomes did not come"
        found += news
    return found


def outcome_of(engine: Engine) -> Outcome:
    return next_outcomes(engine, 1)[0]


class LifeLine:
    """A FIFO that a process holds open: its end is seen in the instant the last holder is gone."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "alive"
        os.mkfifo(self.path)
        self._reading = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)

    def wait_until_held(self) -> None:
        assert self._read() == b"here"

    def wait_until_nobody_holds_it(self) -> None:
        assert self._read() == b""

    def release(self) -> None:
        self.path.write_bytes(b"go")

    def close(self) -> None:
        os.close(self._reading)

    def _read(self) -> bytes:
        assert select.select([self._reading], [], [], PATIENCE)[0]
        return os.read(self._reading, 100)


@pytest.fixture
def life_line(tmp_path: Path) -> Iterator[LifeLine]:
    line = LifeLine(tmp_path)
    yield line
    line.close()


class EngineContract:
    def open(self, slots: int) -> Engine:
        raise NotImplementedError

    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        engine = self.open(1)
        yield engine
        engine.close()

    def test_a_task_is_given_its_spec_and_files_and_its_bytes_come_back(self, engine: Engine, tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(b"A")
        (tmp_path / "b").write_bytes(b"B")
        handle = engine.submit(tasks.join_files, b"spec", files=[tmp_path / "a", tmp_path / "b"], deadline_seconds=LONG)
        outcome = outcome_of(engine)
        assert (outcome.handle, outcome.kind, outcome.value) == (handle, OutcomeKind.OK, b"specAB")
        assert 0 <= outcome.seconds < PATIENCE

    def test_an_engine_may_get_ready_before_its_first_task_more_than_once_and_for_nothing(self) -> None:
        engine = self.open(1)
        engine.warm()
        engine.warm()
        engine.submit(tasks.repeat, b"1", files=[], deadline_seconds=LONG)
        assert outcome_of(engine).value == b"x"
        engine.close()
        engine.warm()
        engine.close()

    def test_it_is_told_when_a_task_began_waiting_for_a_slot_not_counted(self, engine: Engine) -> None:
        before = datetime.now(UTC)
        for _ in range(2):
            engine.submit(tasks.repeat, b"1", files=[], deadline_seconds=LONG)
        first, second = (outcome.started_at for outcome in next_outcomes(engine, 2))
        assert first is not None
        assert second is not None
        assert before - CLOCK_READING <= first <= second <= datetime.now(UTC)

    def test_a_task_that_never_began_has_no_beginning(self, engine: Engine, life_line: LifeLine) -> None:
        engine.submit(tasks.never_return_from_native_code, b"", files=[life_line.path], deadline_seconds=LONG)
        life_line.wait_until_held()
        engine.kill(engine.submit(tasks.repeat, b"1", files=[], deadline_seconds=LONG))
        assert outcome_of(engine).started_at is None

    def test_a_large_result_comes_back_whole(self, engine: Engine) -> None:
        engine.submit(tasks.repeat, b"30000000", files=[], deadline_seconds=LONG)
        assert len(outcome_of(engine).value) == 30_000_000

    def test_a_task_that_raises_tells_message_and_traceback(self, engine: Engine) -> None:
        engine.submit(tasks.refuse, b"the column is empty", files=[], deadline_seconds=LONG)
        outcome = outcome_of(engine)
        assert (outcome.kind, outcome.message) == (OutcomeKind.RAISED, "the column is empty")
        assert "in refuse" in outcome.traceback
        assert "ValueError" in outcome.traceback

    def test_leaving_the_interpreter_is_no_result(self, engine: Engine) -> None:
        engine.submit(tasks.leave, b"", files=[], deadline_seconds=LONG)
        assert outcome_of(engine).kind is OutcomeKind.RAISED

    def test_a_task_whose_process_is_killed_from_outside_is_lost(self, engine: Engine) -> None:
        engine.submit(tasks.kill_itself, b"", files=[], deadline_seconds=LONG)
        outcome = outcome_of(engine)
        assert outcome.kind is OutcomeKind.LOST
        assert "SIGKILL" in outcome.message

    def test_a_task_that_crashes_in_native_code_is_lost_with_its_last_words(self, engine: Engine) -> None:
        engine.submit(tasks.crash_in_native_code, b"", files=[], deadline_seconds=LONG)
        outcome = outcome_of(engine)
        assert outcome.kind is OutcomeKind.LOST
        assert "in crash_in_native_code" in outcome.traceback

    def test_the_deadline_ends_a_task_that_never_comes_back_from_native_code(
        self, engine: Engine, life_line: LifeLine
    ) -> None:
        engine.submit(tasks.never_return_from_native_code, b"", files=[life_line.path], deadline_seconds=0.5)
        outcome = outcome_of(engine)
        assert outcome.kind is OutcomeKind.OUT_OF_TIME
        assert 0.5 <= outcome.seconds < PATIENCE
        assert "0.5 seconds" in outcome.message

    def test_the_deadline_counts_from_the_start_not_from_the_submission(self, engine: Engine) -> None:
        engine.submit(tasks.never_return_from_native_code, b"", files=[], deadline_seconds=1.0)
        engine.submit(tasks.repeat, b"1", files=[], deadline_seconds=0.9)
        assert [outcome.kind for outcome in next_outcomes(engine, 2)] == [OutcomeKind.OUT_OF_TIME, OutcomeKind.OK]

    def test_a_task_that_takes_more_memory_than_allowed_is_out_of_memory(self, engine: Engine) -> None:
        engine.submit(tasks.take_memory, b"400000000", files=[], deadline_seconds=LONG, memory_bytes=200_000_000)
        outcome = outcome_of(engine)
        assert outcome.kind is OutcomeKind.OUT_OF_MEMORY
        assert "200 MB" in outcome.message

    def test_a_task_may_take_the_memory_it_is_allowed(self, engine: Engine) -> None:
        engine.submit(tasks.take_memory, b"150000000", files=[], deadline_seconds=LONG, memory_bytes=200_000_000)
        assert outcome_of(engine).value == b"1"

    def test_mapped_files_do_not_count_as_memory(self, engine: Engine, tmp_path: Path) -> None:
        path = tmp_path / "matrix.npy"
        np.lib.format.open_memmap(path, mode="w+", dtype=np.float64, shape=(40_000_000,)).flush()
        engine.submit(tasks.read_mapped, b"", files=[path], deadline_seconds=LONG, memory_bytes=200_000_000)
        assert outcome_of(engine).value == b"0.0"

    def test_a_queued_task_can_be_killed(self, engine: Engine, life_line: LifeLine) -> None:
        running = engine.submit(tasks.never_return_from_native_code, b"", files=[life_line.path], deadline_seconds=LONG)
        queued = engine.submit(tasks.repeat, b"1", files=[], deadline_seconds=LONG)
        life_line.wait_until_held()
        engine.kill(queued)
        outcome = outcome_of(engine)
        assert (outcome.handle, outcome.kind) == (queued, OutcomeKind.KILLED)
        engine.kill(running)
        assert outcome_of(engine).handle == running

    def test_a_running_task_can_be_killed_in_native_code_with_all_it_started(
        self, engine: Engine, life_line: LifeLine
    ) -> None:
        handle = engine.submit(tasks.never_return_and_start_another, b"", files=[life_line.path], deadline_seconds=LONG)
        life_line.wait_until_held()
        engine.kill(handle)
        outcome = outcome_of(engine)
        assert (outcome.handle, outcome.kind) == (handle, OutcomeKind.KILLED)
        life_line.wait_until_nobody_holds_it()

    def test_killing_what_has_ended_or_never_was_changes_nothing(self, engine: Engine) -> None:
        handle = engine.submit(tasks.repeat, b"1", files=[], deadline_seconds=LONG)
        assert outcome_of(engine).kind is OutcomeKind.OK
        engine.kill(handle)
        engine.kill(Handle(9999))
        engine.submit(tasks.repeat, b"2", files=[], deadline_seconds=LONG)
        assert outcome_of(engine).value == b"xx"

    def test_outcomes_come_in_the_order_in_which_tasks_end(self, life_line: LifeLine) -> None:
        engine = self.open(2)
        slow = engine.submit(tasks.wait_for_release, b"", files=[life_line.path], deadline_seconds=LONG)
        quick = [engine.submit(tasks.repeat, b"3", files=[], deadline_seconds=LONG) for _ in range(30)]
        assert [outcome.handle for outcome in next_outcomes(engine, 30)] == quick
        life_line.release()
        assert outcome_of(engine).handle == slow
        engine.close()

    def test_each_outcome_is_handed_out_once_even_when_the_reader_stops_half_way(self, engine: Engine) -> None:
        handles = [engine.submit(tasks.repeat, b"1", files=[], deadline_seconds=LONG) for _ in range(3)]
        seen = [next(iter(engine.completed(PATIENCE))).handle for _ in handles]
        assert seen == handles
        assert list(engine.completed(0.0)) == []

    def test_nothing_to_wait_for_is_answered_at_once(self, engine: Engine) -> None:
        assert list(engine.completed(LONG)) == []

    def test_health_counts_slots_and_busy_tasks(self, engine: Engine, life_line: LifeLine) -> None:
        assert (engine.health().alive, engine.health().slots, engine.health().busy) == (True, 1, 0)
        engine.submit(tasks.never_return_from_native_code, b"", files=[life_line.path], deadline_seconds=LONG)
        life_line.wait_until_held()
        assert engine.health().busy == 1

    def test_closing_kills_what_runs_and_may_be_repeated(self, life_line: LifeLine) -> None:
        engine = self.open(2)
        engine.submit(tasks.never_return_from_native_code, b"", files=[life_line.path], deadline_seconds=LONG)
        life_line.wait_until_held()
        engine.close()
        engine.close()
        life_line.wait_until_nobody_holds_it()
