"""The crew: processes that do the steps of a replay side by side, each step as soon as what it needs is done."""

import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

import msgspec

from kingmaker.domain.errors import KingmakerError
from kingmaker.loop.replaying.engine import StandingEngine
from kingmaker.loop.replaying.lock import shared_lock
from kingmaker.loop.replaying.plan import Plan, Step
from kingmaker.loop.replaying.source import StandingSource
from kingmaker.loop.replaying.steps import Bench, do
from kingmaker.ports.house import House

OpenHouse = Callable[[], House]
RAW = "source"


class ReplayStopped(KingmakerError):
    """A step of the replay could not be done; what was finished is kept."""

    code = "replay_stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a step ended: `error` is None, or (code, what, where, remedy)."""

    step: Step
    seconds: float
    error: tuple[str, str, str, str] | None = None


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    step: Step | None = None


def work_through(
    open_house: OpenHouse, plan: Plan, steps: Mapping[Step, tuple[Step, ...]], *, workers: int
) -> Generator[Report]:
    """Do every step, the first that are ready first; a report as each ends.

    `steps` names what must be done before each. `open_house` opens the home of replays in each process. Leaving the
    iterator ends the processes. Raises ReplayStopped for the first step that cannot be done.
    """
    todo, done = dict(steps), set[Step]()
    crew = [_hire(open_house, plan, number) for number in range(min(workers, len(steps)))]
    try:
        while todo or any(worker.step for worker in crew):
            _give_out(crew, todo, done)
            for report in _listen(crew):
                if report.error is not None:
                    raise _stopped(report)
                done.add(report.step)
                yield report
    finally:
        _dismiss(crew)


def _give_out(crew: list[_Worker], todo: dict[Step, tuple[Step, ...]], done: set[Step]) -> None:
    for worker in crew:
        if worker.step is None:
            ready = next((step for step, needed in todo.items() if done.issuperset(needed)), None)
            if ready is None:
                return
            del todo[ready]
            worker.step = ready
            worker.pipe.send_bytes(msgspec.json.encode(ready))


def _listen(crew: list[_Worker]) -> Iterator[Report]:
    """Wait until one of those at work says something; then everything that has been said."""
    busy = {worker.pipe: worker for worker in crew if worker.step is not None}
    for pipe in wait(list(busy)):
        assert isinstance(pipe, Connection)
        worker = busy[pipe]
        try:
            report = msgspec.json.decode(pipe.recv_bytes(), type=Report)
        except (EOFError, OSError):
            raise ReplayStopped(
                f"a process of the replay died during `{worker.step.kind if worker.step else ''}`",
                remedy="It may have run out of memory: say the same command again, with fewer --workers.",
            ) from None
        worker.step = None
        yield report


def _stopped(report: Report) -> ReplayStopped:
    assert report.error is not None
    _, what, where, remedy = report.error
    return ReplayStopped(what, where=where, remedy=remedy)


def _hire(open_house: OpenHouse, plan: Plan, number: int) -> _Worker:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(open_house, plan, theirs), name=f"replay {number}", daemon=False)
    with _no_interrupts():
        process.start()
    theirs.close()
    return _Worker(process, ours)


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """What starts here never hears Ctrl-C, which a terminal tells every process: the parent alone ends the others."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _dismiss(crew: list[_Worker]) -> None:
    """Those at rest go at once; those at work are stopped, and leave their runs to be resumed."""
    for worker in crew:
        worker.pipe.close()
        if worker.step is not None:
            worker.process.kill()
    for worker in crew:
        worker.process.join()


def work(open_house: OpenHouse, plan: Plan, pipe: Connection) -> None:
    """What a process of the crew does until its pipe is closed. It dies with its parent."""
    threading.Thread(target=_die_with_parent, name="watching the parent", daemon=True).start()
    house = open_house()
    engine = StandingEngine(house.open_engine)
    source = StandingSource(house.source, plan.folder(house.home) / RAW, plan.fingerprint, plan.order.last)
    house = replace(house, open_engine=lambda: engine, source=source)
    try:
        with shared_lock(plan.folder(house.home)), suppress(EOFError, BrokenPipeError):
            while True:
                step = msgspec.json.decode(pipe.recv_bytes(), type=Step)
                pipe.send_bytes(msgspec.json.encode(_done(Bench(house, plan), step)))
    finally:
        engine.end()
        house.close()


def _done(bench: Bench, step: Step) -> Report:
    started = time.monotonic()
    try:
        do(bench, step)
    except KingmakerError as error:
        told = (error.code, error.what, error.where, error.remedy)
        return Report(step=step, seconds=time.monotonic() - started, error=told)
    except Exception as error:  # noqa: BLE001 - a bug: it is told in the one process that speaks to a person
        told = ("unexpected", f"something unexpected happened ({type(error).__name__}: {error})", step.kind.value, "")
        return Report(step=step, seconds=time.monotonic() - started, error=told)
    return Report(step=step, seconds=time.monotonic() - started)


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
