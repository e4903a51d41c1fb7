"""outcomes: what became of loans, handed in as files."""

from pathlib import Path
from typing import Annotated

import typer

from kingmaker.domain.errors import KingmakerError, NotFound
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.naming import PipelineName, pipeline_meant
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import minute

HELP = "What became of loans, handed in as files."
FORMS = ("csv", "parquet", "json")


def add_commands(app: typer.Typer) -> None:
    outcomes = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)
    outcomes.command("hand-in")(hand_in)
    outcomes.command("list")(list_outcomes)
    app.add_typer(outcomes, name="outcomes")


def hand_in(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A .csv, .parquet or .json file: the id column and the outcome.")],
    pipeline: PipelineName = None,
    json: Json = False,
) -> None:
    """Hand a file of outcomes in; the same file twice is kept once."""
    desk, screen = desk_of(context), Screen(json=json)
    form, data = _form_of(file), _bytes_of(file)
    with desk.verbs() as verbs:
        kept = verbs.hand_in(pipeline_meant(desk, verbs, pipeline), data, form=form)
    if json:
        screen.document(kept)
    else:
        screen.line(f"Pipeline {kept.pipeline}: file {kept.number} with the outcomes of {kept.rows:,} loans is kept.")


def list_outcomes(
    context: typer.Context,
    pipeline: PipelineName = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, newest first.")] = 30,
    json: Json = False,
) -> None:
    """List the files of outcomes that were handed in, newest first."""
    desk, screen = desk_of(context), Screen(json=json)
    with desk.verbs() as verbs:
        found = verbs.outcomes(pipeline_meant(desk, verbs, pipeline), limit=limit)
    if json:
        screen.document(found)
    elif not found:
        screen.line("No outcomes were handed in.")
    else:
        screen.table(["no", "handed in (UTC)", "by", "form", "loans", "file"], [
            [str(one.number), minute(one.at), one.by, one.form, f"{one.rows:,}", one.file[:12]] for one in found
        ], right=[0, 4])  # fmt: skip


def _form_of(file: Path) -> str:
    form = file.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise KingmakerError(
            "the file's name does not say its form", where=str(file), remedy=f"One of .{', .'.join(FORMS)}."
        )
    return form


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise NotFound(f"the file cannot be read ({error.strerror or error})", where=str(file)) from None
