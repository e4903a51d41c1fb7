"""A run that somebody else conducts, followed from the terminal: its progress, and its verdict at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from kingmaker.control.verbs import Verbs
from kingmaker.domain.errors import KingmakerError, ServerUnreachable
from kingmaker.domain.queue import RunEvent
from kingmaker.domain.run import RunState
from kingmaker.interfaces.cli.desk import Desk, GoesOn
from kingmaker.interfaces.cli.progress import TerminalProgress
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.verdicts import show_verdict
from kingmaker.interfaces.client import Client
from kingmaker.interfaces.client.events import ENDED, tell
from kingmaker.loop.records import RunAccount

_LOOK_SECONDS = 0.5


def follow_to_verdict(desk: Desk, verbs: Verbs, run: int, *, json: bool) -> None:
    """Tell what the run does, then what it decided. Raises the error that ended a run which failed, GoesOn after Ctrl-C."""
    try:
        with (
            left_alone(desk, f"Run {run} goes on", f"kingmaker cancel {run} --why ..."),
            TerminalProgress() as progress,
        ):
            for event in _events_of(verbs, run):
                tell(progress, event)
    except ServerUnreachable as error:
        again = f"The run may go on there: `{_spoken(desk, f'kingmaker follow {run}')}` takes it up again."
        raise ServerUnreachable(error.what, where=error.where, remedy=again) from None
    _show_end(verbs, run, json=json)


def _show_end(verbs: Verbs, run: int, *, json: bool) -> None:
    """The verdict as `run` shows it. Raises the error that a run ended with."""
    account = verbs.account(run)
    if account.run.state in {RunState.FAILED, RunState.ABANDONED}:
        raise _error_that_ended(account)
    if json:
        Screen(json=True).document(account)
    else:
        show_verdict(Screen(json=False), account)


@contextmanager
def left_alone(desk: Desk, goes_on: str, ended_by: str) -> Iterator[None]:
    """Ctrl-C ends the watching and nothing else: raises GoesOn, which says how to end the rest."""
    try:
        yield
    except KeyboardInterrupt:
        raise GoesOn(f"{goes_on} {desk.place}. To end it: `{_spoken(desk, ended_by)}`.") from None


def _spoken(desk: Desk, command: str) -> str:
    """The command as it must be typed to reach the same place."""
    return command.replace("kingmaker ", f"kingmaker --server {desk.settings.server} ", 1) if desk.is_afar else command


def _events_of(verbs: Verbs, run: int) -> Iterator[RunEvent]:
    return verbs.follow(run) if isinstance(verbs, Client) else _looked_at(verbs, run)


def _looked_at(verbs: Verbs, run: int) -> Iterator[RunEvent]:
    """The ledger of this machine, read again and again until the run is over."""
    after = 0
    while True:
        is_over = verbs.run(run).run.state.is_over()
        for event in verbs.events(run, after=after):
            after = event.number
            yield event
            if event.kind == ENDED:
                return
        if is_over:
            return
        time.sleep(_LOOK_SECONDS)


def _error_that_ended(account: RunAccount) -> KingmakerError:
    """As whoever conducts a run at a terminal meets it: its sentence, and its code."""
    run = account.run
    told = KingmakerError(run.detail or f"run {run.number} ended: {run.reason.value.replace('_', ' ')}")
    told.code = next((fault.kind for fault in account.faults if fault.message == run.detail), run.reason.value)
    return told
