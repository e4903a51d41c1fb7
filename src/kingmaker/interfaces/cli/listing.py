"""runs, faults: how runs ended, and what failed on the way."""

from typing import Annotated

import msgspec
import typer

from kingmaker.control.records import RunLine
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.naming import moment_named
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import minute, state_told

UNFINISHED = "unfinished"


def add_commands(app: typer.Typer) -> None:
    app.command("runs")(runs)
    app.command("faults")(faults)


def runs(
    context: typer.Context,
    pipeline: Annotated[str | None, typer.Option(help="Only this pipeline's runs.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 20,
    json: Json = False,
) -> None:
    """List runs, newest first."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        found = verbs.runs(pipeline=pipeline, limit=limit)
    if json:
        screen.document([msgspec.to_builtins(one.run) | {"state": state_told(one)} for one in found])
    elif not found:
        screen.line("No run yet. Start one with `kingmaker run PIPELINE.yaml`; `kingmaker init FILE` writes that file.")
    else:
        rows = [_cells(line) for line in found]
        screen.table(["run", "pipeline", "as of", "started (UTC)", "state", ""], rows, right=[0], clip=True)


def _cells(line: RunLine) -> list[str]:
    run = line.run
    started = [str(run.number), run.request.pipeline, str(run.request.as_of), minute(run.started_at)]
    return [*started, state_told(line), _how_it_ended(line)]


def _how_it_ended(line: RunLine) -> str:
    if line.decision is not None:
        return line.decision.value.upper()
    return f"`resume {line.run.number}` goes on" if line.state == UNFINISHED else line.run.detail


def faults(
    context: typer.Context,
    pipeline: Annotated[str | None, typer.Option(help="Only this pipeline's faults.")] = None,
    run: Annotated[int | None, typer.Option(min=1, max=2**31 - 1, help="Only this run's faults.")] = None,
    since: Annotated[str | None, typer.Option(help="Only from this time on (UTC).")] = None,
    kind: Annotated[str | None, typer.Option(help="Only of this kind, such as out_of_memory.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, newest first.")] = 30,
    json: Json = False,
) -> None:
    """List what failed while runs went on, newest first."""
    screen = Screen(json=json)
    moment = moment_named(since, "--since") if since else None
    with desk_of(context).verbs() as verbs:
        found = verbs.faults(pipeline=pipeline, run=run, since=moment, kind=kind, limit=limit)
    if json:
        screen.document(found)
    elif not found:
        screen.line("Nothing failed.")
    else:
        screen.table(["at (UTC)", "run", "stage", "trial", "kind", "message"], [
            [minute(one.happened_at), str(one.run), one.stage, "-" if one.trial is None else str(one.trial), one.kind,
             one.message]
            for one in found
        ], right=[1, 3], clip=True)  # fmt: skip
