"""pipelines, declare: what runs here, and the files that say how."""

from pathlib import Path
from typing import Annotated

import typer

from kingmaker.control.records import PipelineLine
from kingmaker.domain.errors import NotFound
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import minute, state_told


def add_commands(app: typer.Typer) -> None:
    app.command("pipelines")(pipelines)
    app.command("declare")(declare)


def pipelines(context: typer.Context, json: Json = False) -> None:
    """List pipelines, who is in force in each, and what waits."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        found = verbs.pipelines()
    if json:
        screen.document(found)
    elif not found:
        screen.line("No pipeline is declared or has run. `kingmaker declare PIPELINE.yaml` declares one.")
    else:
        columns = ["pipeline", "declared", "champion", "newest run", "next run (UTC)", "waiting", "to decide"]
        screen.table(columns, [_cells(line) for line in found], right=[1, 5, 6])


def _cells(line: PipelineLine) -> list[str]:
    champion = "-" if line.champion is None else line.champion.version[:12]
    newest = "-" if line.newest_run is None else f"{line.newest_run.run.number} {state_told(line.newest_run)}"
    return [
        line.pipeline,
        "-" if line.declaration is None else str(line.declaration),
        f"{champion} (frozen)" if line.frozen else champion,
        newest,
        _next_run(line),
        str(line.waiting),
        str(line.awaiting_decision),
    ]


def _next_run(line: PipelineLine) -> str:
    if line.schedule is None:
        return "-"
    return "paused" if line.schedule.is_paused else minute(line.schedule.next_at)


def declare(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The pipeline file (YAML); its source lies in the data folder.")],
    expected: Annotated[
        int | None, typer.Option(min=0, max=2**31 - 1, help="Only if this is the newest declaration (0: none yet).")
    ] = None,
    json: Json = False,
) -> None:
    """Keep a pipeline file as the pipeline's newest declaration."""
    screen = Screen(json=json)
    text = text_of(file)
    with desk_of(context).verbs() as verbs:
        declared = verbs.declare(text, expected=expected)
    if json:
        screen.document(declared)
    else:
        screen.line(f"Pipeline {declared.pipeline}: declaration {declared.number}, by {declared.by}.")
        screen.line(f"`kingmaker ask {declared.pipeline}` asks for a run of it.")


def text_of(file: Path) -> str:
    """What the pipeline file says. Raises NotFound when it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise NotFound(
            f"the pipeline file cannot be read ({reason})", where=str(file), remedy="Name a YAML file saved as UTF-8."
        ) from None
