"""runs: see how runs ended."""

from typing import Annotated

import typer

from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import when


def add_commands(app: typer.Typer) -> None:
    app.command("runs")(runs)


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
