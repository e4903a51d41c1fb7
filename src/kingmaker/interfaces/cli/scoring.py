"""score: a file of applicants in, pd, score, grade and decision out."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from kingmaker.domain.errors import DataRefused, KingmakerError, NotFound
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.naming import pipeline_among
from kingmaker.interfaces.cli.progress import TerminalProgress
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import percent
from kingmaker.loop.reign import bundle_of
from kingmaker.loop.score import ScoreOptions, ScoreSummary, score_file
from kingmaker.loop.scoring.applicants import after_tasks, applying, as_it_is


def add_commands(app: typer.Typer) -> None:
    app.command("score")(score)


def score(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="A .csv or .parquet file of applicants.")],
    destination: Annotated[Path, typer.Argument(help="The .csv or .parquet file to write.")],
    reasons: Annotated[int, typer.Option(min=0, max=20, help="So many reason codes for each decline.")] = 0,
    keep: Annotated[list[str] | None, typer.Option(help="Column to carry over; repeatable. Default: the id.")] = None,
    version: Annotated[str | None, typer.Option(help="Score with this version; default: the champion.")] = None,
    words: Annotated[Path | None, typer.Option(help="JSON file: what reasons call each column.")] = None,
    allow_missing: Annotated[
        bool, typer.Option(help="Score although columns are absent (they count as missing).")
    ] = False,
    tasks: Annotated[bool, typer.Option(help="Run the pipeline's SQL tasks on the file first, as a run does.")] = True,
    pipeline: Annotated[str | None, typer.Option(help="May be left out when there is only one.")] = None,
    json: Json = False,
) -> None:
    """Score a raw file of any size in bounded memory with the champion's proven bundle."""
    screen = Screen(json=json)
    options = ScoreOptions(allow_missing=allow_missing, words=_words(words))
    _keep_apart(source, destination)
    with desk_of(context).house() as house, TerminalProgress() as progress:
        bundle = bundle_of(house, pipeline_among(house.ledger.pipelines(), pipeline), version)
        declared = applying(house, bundle, keep or ()) if tasks else as_it_is(source)
        progress.stage("score", str(source))
        with after_tasks(house, declared, source, progress.say) as rows:
            summary = score_file(
                bundle, rows, destination, reasons=reasons, keep=keep or (), progress=progress, options=options
            )
    if json:
        screen.document(summary)
    else:
        _show(screen, summary)


def _keep_apart(source: Path, destination: Path) -> None:
    if source.resolve() == destination.resolve():
        raise DataRefused(
            "the scores would take the place of the rows", where=str(source), remedy="Name another file for them."
        )


def _words(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        raise NotFound("there is no such file of words", where=str(path)) from None
    except msgspec.MsgspecError as error:
        raise KingmakerError(
            f"the words are not a JSON object of column names and texts ({error})", where=str(path)
        ) from None


def _show(screen: Screen, summary: ScoreSummary) -> None:
    screen.line(f"Scored {summary.rows:,} rows with version {summary.version[:12]}: {summary.destination}")
    if summary.rows:
        share = summary.approved / summary.rows
        screen.line(f"Approved {percent(share)}, mean pd {percent(summary.mean_pd, 2)}.")
        screen.table(["grade", "rows", "share"], [
            [name, f"{rows:,}", percent(rows / summary.rows)] for name, rows in summary.grades
        ], right=[1, 2])  # fmt: skip
    for finding in summary.findings:
        screen.line(f"{finding.severity.value}: {finding.told()}", style="yellow")
