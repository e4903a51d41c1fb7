"""worker: conduct what is asked for; and the entry of the processes that do."""

import logging
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.cli.desk import Desk, OpenHouse, desk_of
from kingmaker.settings import Settings

if TYPE_CHECKING:
    from kingmaker.control.replaying.duty import Replays
    from kingmaker.ports.house import House

_STOP_SECONDS = 20.0
_AGAIN_SECONDS = 5.0


def add_commands(app: typer.Typer) -> None:
    app.command("worker")(worker)
    app.command("conduct", hidden=True)(conduct)
    app.command("conduct-replay", hidden=True)(conduct_replay)


def worker(
    context: typer.Context,
    at_once: Annotated[
        int, typer.Option(min=1, max=64, help="Runs at once; each of them uses every core by itself.")
    ] = 1,
) -> None:
    """Conduct the runs that are asked for, on this machine, for the control centre of its ledger. Ctrl-C gives them back."""
    _log()
    desk = desk_of(context)
    start = partial(import_module("kingmaker.control.running.child").start_child, desk.settings)
    runner = import_module("kingmaker.control.running.runner").Runner(start, at_once=at_once)
    replays = _ReplaysBeside(desk, partial(start, "conduct-replay"))
    news, over = threading.Event(), threading.Event()
    runner.when_news = news.set

    def leave(_signal: int, _frame: object) -> None:
        over.set()
        news.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    try:
        while not over.is_set():
            news.wait(min(runner.tick(), replays.tick()))
            news.clear()
    finally:
        replays.stop(_STOP_SECONDS / 2)
        runner.stop(_STOP_SECONDS / 2)


class _ReplaysBeside:
    """Has replays done, once the house can be opened: a database that is away for a while must not end the worker."""

    def __init__(self, desk: Desk, start: Callable[[], "subprocess.Popen[bytes]"]) -> None:
        self._desk = desk
        self._start = start
        self._house: House | None = None
        self._duty: Replays | None = None
        self._not_before = 0.0

    def tick(self) -> float:
        """Never raises what a database that is away does."""
        if monotonic() >= self._not_before:
            try:
                return self._open().tick()
            except KingmakerError as error:
                logging.getLogger(__name__).warning("no replay could be looked for: %s", error.sentence())
                self._not_before = monotonic() + _AGAIN_SECONDS
        return _AGAIN_SECONDS

    def stop(self, seconds: float) -> None:
        if self._duty is not None:
            self._duty.stop(seconds)
        if self._house is not None:
            self._house.close()

    def _open(self) -> "Replays":
        if self._duty is None:
            self._house = self._house or self._desk.open_house(self._desk.settings)
            self._duty = import_module("kingmaker.control.replaying.duty").Replays(self._house, self._start)
        return self._duty


def conduct(context: typer.Context) -> None:
    """Claim one run when told to, and conduct it: started by a worker or a control centre, which talk to it over pipes."""
    _log()
    conducting = import_module("kingmaker.control.running.conducting")
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is for the log
    with desk_of(context).house() as house:
        code = conducting.conduct_as_told(house, 0, lambda said: os.write(answers, f"{said}\n".encode()))
    logging.shutdown()
    os._exit(code)  # whoever listens to the orders listens on: nobody waits for them


def conduct_replay(context: typer.Context) -> None:
    """Claim one replay, do it and go: started by a worker or a control centre, which says over a pipe when it must go."""
    _log()
    conducting = import_module("kingmaker.control.replaying.conducting")
    os.dup2(2, 1)  # whatever a library prints is for the log
    desk = desk_of(context)
    means = conducting.Means(
        open_home=partial(_home_of_a_replay, desk.open_house, desk.settings),
        render=import_module("kingmaker.interfaces.report.replay_page").render_replay,
        workers=desk.settings.slots(),
    )
    with desk.house() as house:
        code = conducting.conduct_replay(house, means, 0)
    logging.shutdown()
    os._exit(code)  # whoever listens to the orders listens on: nobody waits for them


def _home_of_a_replay(open_house: OpenHouse, settings: Settings, home: Path) -> "Callable[[], House]":
    """Opens it, in any process: a ledger, a vault and a key of its own. It reads the same data."""
    data = settings.data or settings.home / "data"
    return partial(open_house, replace(settings, home=home, data=data, ledger="", vault="folder", workers=1))


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
