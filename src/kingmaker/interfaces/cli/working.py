"""worker: conduct what is asked for; and the entry of the processes that do."""

import logging
import os
import signal
import threading
from functools import partial
from importlib import import_module
from typing import Annotated

import typer

from kingmaker.interfaces.cli.desk import desk_of

_STOP_SECONDS = 20.0


def add_commands(app: typer.Typer) -> None:
    app.command("worker")(worker)
    app.command("conduct", hidden=True)(conduct)


def worker(
    context: typer.Context,
    at_once: Annotated[
        int, typer.Option(min=1, max=64, help="Runs at once; each of them uses every core by itself.")
    ] = 1,
) -> None:
    """Conduct the runs that are asked for, on this machine, for the control centre of its ledger. Ctrl-C gives them back."""
    _log()
    child = import_module("kingmaker.control.running.child")
    runner = import_module("kingmaker.control.running.runner").Runner(
        partial(child.start_child, desk_of(context).settings), at_once=at_once
    )
    news, over = threading.Event(), threading.Event()
    runner.when_news = news.set

    def leave(_signal: int, _frame: object) -> None:
        over.set()
        news.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    try:
        while not over.is_set():
            news.wait(runner.tick())
            news.clear()
    finally:
        runner.stop(_STOP_SECONDS)


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


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
