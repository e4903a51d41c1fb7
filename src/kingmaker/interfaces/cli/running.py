"""run, resume, runs: start a turn of the loop and see how runs ended."""

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
from kingmaker.interfaces.cli.words import when
from kingmaker.loop.account import account_of
from kingmaker.loop.conductor import conduct
from kingmaker.loop.request import request_run, resume_run
from kingmaker.ports.house import House


def add_commands(app: typer.Typer) -> None:
    app.command("run")(run)
    app.command("resume")(resume)
    app.command("runs")(runs)


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
    number: Annotated[int | None, typer.Argument(help="Run number; default: the newest unfinished run.")] = None,
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


def runs(
    context: typer.Context,
    pipeline: Annotated[str | None, typer.Option(help="Only this pipeline's runs.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 20,
    json: Json = False,
) -> None:
    """List runs, newest first."""
    screen = Screen(json=json)
    with desk_of(context).house() as house:
        found = house.ledger.runs(pipeline, limit=limit)
    if json:
        screen.document(found)
    elif not found:
        screen.line("No run yet. Start one with `kingmaker run PIPELINE.yaml`; `kingmaker init FILE` writes that file.")
    else:
        rows = [
            [
                str(one.number),
                one.request.pipeline,
                str(one.request.as_of),
                one.state.value,
                one.reason.value,
                when(one.started_at),
                one.detail.splitlines()[0] if one.detail else "",
            ]
            for one in found
        ]
        screen.table(["run", "pipeline", "as of", "state", "reason", "started", "detail"], rows, right=[0])
