"""run, resume: what they take. What they do stands in `conducting`, loaded when one is really meant, not for its help."""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from kingmaker.interfaces.cli.desk import Json, desk_of


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
    conducting = _afar() if desk.is_afar else _conducting()
    conducting.run(desk, pipeline, as_of=as_of, json=json)


def resume(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(min=1, max=2**31, help="Run number; default: the newest unfinished run.")
    ] = None,
    json: Json = False,
) -> None:
    """Go on with an unfinished run from its last finished stage."""
    _conducting().resume(desk_of(context), number, json=json)


def _conducting() -> ModuleType:
    """The loop with its libraries takes a second to load."""
    return import_module("kingmaker.interfaces.cli.conducting")


def _afar() -> ModuleType:
    return import_module("kingmaker.interfaces.cli.running_afar")
