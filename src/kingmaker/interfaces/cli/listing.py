"""runs: see how runs ended."""

from typing import Annotated

import msgspec
import typer

from kingmaker.domain.run import Run, RunReason
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import minute, state_of
from kingmaker.ports.house import House


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
        under_way = house.ledger.under_way()
        states = [state_of(one, under_way=one.number in under_way) for one in found]
        ends = [] if json else [_how_it_ended(house, one, state) for one, state in zip(found, states, strict=True)]
    if json:
        screen.document([msgspec.to_builtins(one) | {"state": state} for one, state in zip(found, states, strict=True)])
    elif not found:
        screen.line("No run yet. Start one with `kingmaker run PIPELINE.yaml`; `kingmaker init FILE` writes that file.")
    else:
        rows = [
            [str(one.number), one.request.pipeline, str(one.request.as_of), minute(one.started_at), state, end]
            for one, state, end in zip(found, states, ends, strict=True)
        ]
        screen.table(["run", "pipeline", "as of", "started (UTC)", "state", ""], rows, right=[0], clip=True)


def _how_it_ended(house: House, run: Run, state: str) -> str:
    if run.reason is RunReason.VERDICT_REACHED:
        recorded = house.ledger.verdict(run.number)
        return recorded.verdict.decision.value.upper() if recorded else ""
    return f"`resume {run.number}` goes on" if state == "unfinished" else run.detail
