"""init, check, schema: write and validate the pipeline file."""

from pathlib import Path
from typing import Annotated

import typer

from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.loop.draft import Answers, draft_pipeline
from kingmaker.pipeline.reading import read_pipeline
from kingmaker.pipeline.schema import pipeline_schema


def add_commands(app: typer.Typer) -> None:
    app.command("init")(init)
    app.command("check")(check)
    app.command("schema")(schema)


def init(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A .csv, .parquet or .duckdb file of loans.")],
    out: Annotated[
        Path | None, typer.Option(help="Where to write the pipeline file; default: NAME.yaml beside you.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the pipeline; default: from the file.")] = None,
    table: Annotated[str | None, typer.Option(help="Table of a .duckdb file that holds several.")] = None,
    identity: Annotated[
        str | None, typer.Option("--id", help="Column that names the application; or 'row number' without one.")
    ] = None,
    customer: Annotated[str | None, typer.Option(help="Column that names the customer.")] = None,
    target: Annotated[str | None, typer.Option(help="Column with the ready good/bad label.")] = None,
    bad: Annotated[str | None, typer.Option(help="The label's value that means bad.")] = None,
    outcome: Annotated[str | None, typer.Option(help="Column with the date on which a loan went bad.")] = None,
    time: Annotated[str | None, typer.Option(help="Column with the application date.")] = None,
    horizon: Annotated[str | None, typer.Option(help="How long after application it counts, as '24 months'.")] = None,
    force: Annotated[bool, typer.Option(help="Overwrite an existing file.")] = False,
    json: Json = False,
) -> None:
    """Write a pipeline file from your data, with every guess and every forbidden column explained."""
    path = out or Path(f"{name or file.stem}.yaml")
    if path.exists() and not force:
        raise KingmakerError(
            "the file exists already", where=str(path), remedy="Name another with --out, or say --force."
        )
    said: Answers = {
        "name": name,
        "table": table,
        "identity": identity,
        "customer": customer,
        "target": target,
        "bad": bad,
        "time": time,
        "outcome": outcome,
        "horizon": horizon,
    }
    with desk_of(context).house() as house:
        text = draft_pipeline(file, source=house.source, folder=path.parent, **said)
    path.write_text(text, encoding="utf-8")
    screen = Screen(json=json)
    if json:
        screen.document({"path": str(path), "text": text})
    else:
        screen.line(f"Wrote {path}. Read its comments, then: kingmaker run {path}")


def check(
    pipeline: Annotated[Path, typer.Argument(help="The pipeline file (YAML).")],
    json: Json = False,
) -> None:
    """Validate a pipeline file; every error with its line and column."""
    declared = read_pipeline(pipeline)
    screen = Screen(json=json)
    if json:
        screen.document(declared.model_dump(mode="json"))
    else:
        screen.line(f"{pipeline}: pipeline {declared.pipeline} is well declared.")


def schema() -> None:
    """Print the JSON Schema of the pipeline file, for editors that complete it."""
    Screen(json=True).document(pipeline_schema())
