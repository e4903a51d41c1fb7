"""Runs that are asked for are conducted by processes of their own, whoever of them is killed, frozen or told to stop."""

import os
import random
import select
import signal
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from tests.journeys.asking import Asker, asker, kill, start_worker, stop_worker, until, working
from tests.journeys.book import BEFORE_THE_SHIFT, write_book, write_pipeline
from tests.journeys.console import Console
from tests.journeys.crowd import kill_everybody, wait_until_all_are_gone
from tests.journeys.journal import PLACE

from kingmaker.domain.queue import QueueState
from kingmaker.domain.run import RunReason, Stage

TRIALS = 8
KILLS = 5
MANY_KILLS = 20
SECONDS_TO_STOP = 3.0


@pytest.fixture
def journalled(tmp_path: Path) -> Console:
    """A home whose trials write down what they fit."""
    write_book(tmp_path, file="loans.parquet")
    write_pipeline(tmp_path, file="loans.parquet", learners="tests.journeys.journal:JournalLearner", trials=TRIALS)
    root = Path(__file__).parents[2]
    return Console(tmp_path, {PLACE: str(tmp_path / "journal"), "PYTHONPATH": str(root)})


def stages_told(somebody: Asker, run: int) -> list[str]:
    return [event.stage for event in somebody.office.events(run) if event.kind == "stage"]


def test_what_is_asked_for_is_conducted_told_and_ended(journalled: Console) -> None:
    with asker(journalled) as ada, working(journalled) as worker:
        request = ada.ask(BEFORE_THE_SHIFT)
        run = ada.run_of(request)
        assert ada.end_of(run).reason is RunReason.VERDICT_REACHED
        assert ada.office.queued(request).state is QueueState.STARTED
        events = ada.office.events(run)
        assert [event.number for event in events] == list(range(1, len(events) + 1))
        assert (events[-1].kind, events[-1].text) == ("ended", "verdict_reached")
        assert stages_told(ada, run) == [stage.value for stage in Stage if stage is not Stage.REHEARSE]
        assert any(event.kind == "advance" and event.done == TRIALS for event in events)
        line = ada.office.run(run)
        assert (line.state, line.stage) == ("finished", "publish")
        assert stop_worker(worker) == 0


class Reaper:
    """Kills the worker, the process that conducts, or everybody, and starts a worker again where none is left."""

    def __init__(self, somebody: Asker, chance: random.Random) -> None:
        self._console = somebody.console
        self._somebody = somebody
        self._chance = chance
        self.worker = start_worker(self._console)
        self.killed_at_the_end = False

    def kills_once(self, run: int, within: float) -> bool:
        """False when the run was over before it was killed."""
        pid = until(lambda: self._somebody.living_conductor(run) or (0 if self._is_over(run) else None))
        threading.Event().wait(self._chance.uniform(0.0, within))
        if self._is_over(run):
            return False
        match self._chance.randrange(3):
            case 0:
                kill(pid)
            case 1:
                self.worker.kill()
            case _:
                kill_everybody(self._console)
        self.killed_at_the_end = self._is_over(run)
        if select.select([os.pidfd_open(self.worker.pid)], [], [], 0.1)[0]:
            self.worker.wait()
            wait_until_all_are_gone(self._console)
            self.killed_at_the_end = self._is_over(run)  # who conducts outlives a killed worker by a moment
            self.worker = start_worker(self._console)
        return True

    def _is_over(self, run: int) -> bool:
        return self._somebody.house.ledger.run(run).state.is_over()


@pytest.mark.parametrize("most_kills", [KILLS, pytest.param(MANY_KILLS, marks=pytest.mark.slow)])
def test_killed_at_random_moments_no_run_is_lost_and_none_is_conducted_twice_at_once(
    journalled: Console, most_kills: int
) -> None:
    with asker(journalled) as ada, ExitStack() as at_the_end:
        reaper = Reaper(ada, random.Random(most_kills))
        at_the_end.callback(lambda: stop_worker(reaper.worker))
        request = ada.ask(BEFORE_THE_SHIFT)
        run, kills = ada.run_of(request), 0
        while kills < most_kills and reaper.kills_once(run, within=1.5):
            kills += 1
        assert ada.end_of(run).reason is RunReason.VERDICT_REACHED
        assert kills > 2
        assert stop_worker(reaper.worker) == 0
        wait_until_all_are_gone(journalled)
        assert ada.office.queued(request).run == run
        assert 1 <= ada.takings(run) <= kills + 1
        assert_done_once(journalled, killed_at_the_end=reaper.killed_at_the_end)
        events = ada.office.events(run, limit=10_000)
        assert [event.number for event in events] == list(range(1, len(events) + 1))
        assert [event.text for event in events if event.kind == "ended"] == ["verdict_reached"]


def assert_done_once(console: Console, *, killed_at_the_end: bool = False) -> None:
    """One run, one champion, every stage and trial recorded once, the audit chain whole, and nothing lying about.

    Who was killed between the run's end and its own leaves the workspace for the next run to sweep up.
    """
    for table, rows in (("run", 1), ("stage", 7), ("trial", TRIALS), ("verdict", 1), ("champion_turn", 1)):
        assert console.rows(f"SELECT count(*) FROM {table}") == [(rows,)], table
    assert console.does("audit", "verify")["intact"] is True
    assert killed_at_the_end or not list((console.home / "work").iterdir())


def test_a_cancelled_run_stops_its_fits_within_seconds(journalled: Console) -> None:
    os.mkfifo(journalled.environment[PLACE])  # nobody reads it: a fit that opens it to write waits for ever
    with asker(journalled) as ada, working(journalled):
        run = ada.run_of(ada.ask(BEFORE_THE_SHIFT))
        until(lambda: fits_of(ada.conductor(run)) or None)
        asked_at = time.monotonic()
        line = ada.office.cancel(run, why="wrong file")
        assert line.cancellation is not None
        ended = ada.end_of(run)
        assert time.monotonic() - asked_at < SECONDS_TO_STOP
        assert (ended.reason, ended.detail) == (RunReason.CANCELLED, "Cancelled by ada: wrong file")
        assert ada.office.run(run).state == "cancelled"
        assert ada.office.events(run)[-1].text == "cancelled"
        Path(journalled.environment[PLACE]).unlink()
        assert ada.end_of(ada.run_of(ada.office.retry(run).number)).reason is RunReason.VERDICT_REACHED
    assert journalled.does("audit", "verify")["intact"] is True
    assert not list((journalled.home / "work").iterdir())


def test_a_run_in_a_terminal_is_cancelled_from_elsewhere(journalled: Console) -> None:
    os.mkfifo(journalled.environment[PLACE])
    process = journalled.start("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
    with asker(journalled) as ada:
        run = until(lambda: next((line.run.number for line in ada.office.runs()), None))
        until(lambda: fits_of(ada.conductor(run)) or None)
        ada.office.cancel(run, why="wrong file")
        _, err = process.communicate(timeout=60)
        assert process.returncode == 2
        assert "run 1: ada cancelled the run: wrong file" in " ".join(err.split())
        assert ada.house.ledger.run(run).reason is RunReason.CANCELLED
    wait_until_all_are_gone(journalled)
    assert [run["state"] for run in journalled.does("runs")] == ["cancelled"]


def fits_of(conductor: int) -> list[str]:
    """Processes that fit a trial: children of the engine's, which is the conductor's."""
    return [fit for child in children_of(conductor) for fit in children_of(int(child))]


def children_of(pid: int) -> list[str]:
    """Of any thread of the process."""
    return " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")).split()


def test_a_frozen_process_loses_its_run_and_writes_nothing_when_it_goes_on(journalled: Console) -> None:
    console = replace(journalled, environment={**journalled.environment, "KINGMAKER_LEASE_SECONDS": "2"})
    with asker(console) as ada, working(console, workers=2):
        run = ada.run_of(ada.ask(BEFORE_THE_SHIFT))
        until(lambda: "train" in stages_told(ada, run) or None)
        frozen = ada.conductor(run)
        descriptor = os.pidfd_open(frozen)
        kill(frozen, signal.SIGSTOP)
        until(lambda: ada.takings(run) > 1 or None)
        taken_over = ada.takings(run)
        kill(frozen, signal.SIGCONT)
        assert select.select([descriptor], [], [], 10.0)[0], "who has lost the run goes on"
        os.close(descriptor)
        assert ada.end_of(run).reason is RunReason.VERDICT_REACHED
        assert ada.takings(run) == taken_over == 2
    assert_done_once(console)


def test_a_worker_that_is_told_to_go_gives_its_run_back(journalled: Console) -> None:
    os.mkfifo(journalled.environment[PLACE])
    with asker(journalled) as ada:
        with working(journalled) as worker:
            run = ada.run_of(ada.ask(BEFORE_THE_SHIFT))
            until(lambda: "train" in stages_told(ada, run) or None)
            assert stop_worker(worker) == 0
        assert journalled.rows("SELECT holder, reason FROM run") == [(None, "requested")]
        assert ada.office.run(run).state == "unfinished"
        Path(journalled.environment[PLACE]).unlink()
        with working(journalled):
            assert ada.end_of(run).reason is RunReason.VERDICT_REACHED
    assert_done_once(journalled)
