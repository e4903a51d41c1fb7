"""replay: what it takes. What it does stands in `replayed`, loaded when a replay is really meant, not for its help."""

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from kingmaker.interfaces.cli.desk import Json, desk_of


def add_commands(app: typer.Typer) -> None:
    app.command("replay")(replay)


def replay(
    context: typer.Context,
    pipeline: Annotated[Path, typer.Argument(help="The pipeline file (YAML).")],
    first: Annotated[str, typer.Option("--from", help="The first date: YYYY-MM (its last day) or YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", help="No date is later than this one.")],
    every: Annotated[str, typer.Option(help="Distance of the dates: month, quarter, 2 weeks, …")] = "quarter",
    policies: Annotated[
        str, typer.Option(help="Which to compare: never, always, point, proven, manual.")
    ] = "never,always,point,proven",
    holds: Annotated[
        str, typer.Option(help="What becomes of a challenger that waits for a person: refuse or approve.")
    ] = "refuse",
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Steps done at once.", show_default="one a core")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**31, help="Instead of the declared one.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write an HTML page here too.")] = None,
    json: Json = False,
) -> None:
    """Replay policies over your own past: what unattended retraining would have done. Goes on where a killed one stopped."""
    replayed = import_module("kingmaker.interfaces.cli.replayed")
    asked = replayed.Asked(
        pipeline=pipeline,
        first=first,
        last=last,
        every=every,
        policies=policies,
        holds=holds,
        workers=workers,
        seed=seed,
        out=out,
    )
    replayed.replay_at(desk_of(context), asked, json=json)
