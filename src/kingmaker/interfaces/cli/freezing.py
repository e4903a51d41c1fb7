"""freeze, unfreeze: a champion that stays, whatever wins."""

import typer

from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.naming import PipelineName, Why, pipeline_meant, reason_given
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import when


def add_commands(app: typer.Typer) -> None:
    app.command("freeze")(freeze)
    app.command("unfreeze")(unfreeze)


def freeze(context: typer.Context, why: Why, pipeline: PipelineName = None, json: Json = False) -> None:
    """Let the champion stay, whatever wins; a roll-back stays possible."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        found = verbs.freeze(pipeline_meant(desk, verbs, pipeline), why=reason_given(why))
    if json:
        screen.document(found)
    else:
        screen.line(
            f"The champion of {found.pipeline} is frozen since {when(found.since)} UTC, by {found.by}: {found.why}"
        )
        screen.line("Nothing but a roll-back moves it, until `kingmaker unfreeze --why ...`.")


def unfreeze(context: typer.Context, why: Why, pipeline: PipelineName = None, json: Json = False) -> None:
    """Let the champion be replaced again."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        found = verbs.lift_freeze(pipeline_meant(desk, verbs, pipeline), why=reason_given(why))
    if json:
        screen.document(found)
    else:
        screen.line(f"The champion of {found.pipeline} may be replaced again.")
