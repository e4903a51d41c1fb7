"""run, resume: start a turn of the loop, or go on with one."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.run import Lease, Run
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.progress import TerminalProgress
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.verdicts import show_verdict
from kingmaker.loop.account import account_of
from kingmaker.loop.conductor import conduct
from kingmaker.loop.request import request_run, resume_run
from kingmaker.ports.house import House


def add_commands(app: typer.Typer) -> None:
    app.command("run")(run)
    app.command("resume")(resume)


def run(
    context: typer.Context,
    pipeline: Annotated[Path, typer.Argument(help="The pipeline file (YAML).")],
    as_of: Annotated[str, typer.Option(help="Pretend it is this day (YYYY-MM-DD): nothing later is known.")] = "today",
    json: Json = False,
) -> None:
    """Do one turn of the loop: extract, prepare, train, select, publish. Goes on where a killed run stopped."""
    desk = desk_of(context)
    with desk.house() as house:
        opened, lease = request_run(house, pipeline, as_of=_day(as_of), by=desk.settings.by)
        _conduct(house, opened, lease, json=json)


def resume(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(min=1, max=2**31, help="Run number; default: the newest unfinished run.")
    ] = None,
    json: Json = False,
) -> None:
    """Go on with an unfinished run from its last finished stage."""
    with desk_of(context).house() as house:
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
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise KingmakerError(
            f"--as-of {text!r} is not a day", remedy="Write it as YYYY-MM-DD, for instance 2010-12-31."
        ) from None
