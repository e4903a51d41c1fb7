"""A turn of the loop from the terminal: conducted with progress, and told at its end."""

from datetime import UTC, date, datetime
from pathlib import Path

from kingmaker.domain.run import Lease, Run
from kingmaker.interfaces.cli.desk import Desk
from kingmaker.interfaces.cli.naming import day_named
from kingmaker.interfaces.cli.progress import TerminalProgress
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.verdicts import show_verdict
from kingmaker.loop.account import account_of
from kingmaker.loop.conductor import conduct
from kingmaker.loop.request import request_run, resume_run
from kingmaker.ports.house import House


def run(desk: Desk, pipeline: Path, *, as_of: str, json: bool) -> None:
    """Start a run, or go on with the unfinished one that the same request began. `as_of` is `today` or YYYY-MM-DD."""
    with desk.house() as house:
        opened, lease = request_run(house, pipeline, as_of=_day(as_of), by=desk.settings.by)
        _conduct(house, opened, lease, json=json)


def resume(desk: Desk, number: int | None, *, json: bool) -> None:
    """Go on with this run; None: the newest unfinished one."""
    with desk.house() as house:
        opened, lease = resume_run(house, number)
        _conduct(house, opened, lease, json=json)


def _conduct(house: House, opened: Run, lease: Lease, *, json: bool) -> None:
    screen = Screen(json=json)
    with TerminalProgress() as progress:
        progress.say(f"run {opened.number} of {opened.request.pipeline} as of {opened.request.as_of.isoformat()}")
        conduct(house, opened, lease, progress)
    account = account_of(house, opened.number)
    if json:
        screen.document(account)
    else:
        show_verdict(screen, account)


def _day(text: str) -> date:
    if text == "today":
        return datetime.now(UTC).date()
    return day_named(text)
