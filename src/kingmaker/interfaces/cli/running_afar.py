"""`run` at a control centre: its pipeline file handed in, a run asked for, and followed as if it were here."""

import time
from datetime import date
from pathlib import Path

from kingmaker.domain.errors import RunRefused
from kingmaker.domain.queue import QueuedRequest, QueueState
from kingmaker.interfaces.cli.desk import Desk
from kingmaker.interfaces.cli.following import follow_to_verdict, left_alone
from kingmaker.interfaces.cli.naming import day_named
from kingmaker.interfaces.cli.pipelines import text_of
from kingmaker.interfaces.cli.progress import TerminalProgress
from kingmaker.interfaces.client import Client

_LOOK_SECONDS = 0.5


def run(desk: Desk, pipeline: Path, *, as_of: str, json: bool) -> None:
    """Declare what the file says, if that is new, and ask for a run of it. `as_of` is `today` or YYYY-MM-DD."""
    day = None if as_of == "today" else day_named(as_of)
    text = text_of(pipeline)
    with desk.client() as client:
        started = _started(desk, client, text, day)
        follow_to_verdict(desk, client, started, json=json)


def _started(desk: Desk, client: Client, text: str, day: date | None) -> int:
    """The number of the run that the request became. Raises RunRefused when somebody withdraws it."""
    declared = client.declare(text)
    asked = client.ask(declared.pipeline, as_of=day)
    withdrawn_by = f"kingmaker withdraw {asked.number} --why ..."
    with left_alone(desk, f"Request {asked.number} waits", withdrawn_by), TerminalProgress() as progress:
        if asked.run is None:
            progress.say(f"request {asked.number} of {declared.pipeline} waits {desk.place}")
        while asked.run is None:
            _refuse_withdrawn(asked)
            time.sleep(_LOOK_SECONDS)
            asked = client.queued(asked.number)
        progress.say(f"run {asked.run} of {declared.pipeline} as of {asked.request.as_of.isoformat()}")
    return asked.run


def _refuse_withdrawn(asked: QueuedRequest) -> None:
    if asked.state is QueueState.CANCELLED:
        raise RunRefused(f"request {asked.number} was withdrawn", remedy=asked.detail)
