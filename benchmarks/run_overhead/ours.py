"""Ours: a control centre with one run at a time, asked over HTTP for runs of a small book; times from its own records."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from threading import Event

from benchmarks.run_overhead.measured import Measured
from tests.journeys.book import write_book, write_pipeline

from kingmaker.domain.run import Stage
from kingmaker.interfaces.client import Client

LAST = date(2019, 12, 31)


def measure(folder: Path, runs: int) -> list[Measured]:
    """The first run warms up and is left out. Every run is as of another day, so that every stage has its work to do."""
    write_book(folder)
    declaration = write_pipeline(folder, learners="scorecard", trials=1).read_text(encoding="utf-8")
    environment = {**os.environ, "KINGMAKER_HOME": str(folder / "home")}
    command = [sys.executable, "-m", "kingmaker", "control", "--port", "0", "--data", str(folder), "--json"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        with Client(told["url"], token=told["first_token"]) as client:
            client.declare(declaration)
            measured = [_one(client, LAST - timedelta(days=30 * number)) for number in range(runs, -1, -1)]
        process.terminate()
    return measured[1:]


def _one(client: Client, day: date) -> Measured:
    asked = client.ask("book", as_of=day)
    pause = Event()
    while True:
        request = client.queued(asked.number)
        if request.run is not None and (line := client.run(request.run)).run.ended_at is not None:
            break
        pause.wait(0.05)
    assert line.run.ended_at is not None
    stages = client.account(line.run.number).stages
    work = sum(one.seconds for one in stages if one.stage is not Stage.REHEARSE)  # which is part of selecting
    return Measured(
        waited=(line.run.started_at - request.asked_at).total_seconds(),
        whole=(line.run.ended_at - request.asked_at).total_seconds(),
        work=work,
    )
