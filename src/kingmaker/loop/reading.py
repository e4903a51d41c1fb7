"""What a pipeline's source is asked for: which days, and behind which mask."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl

from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.house import House
from kingmaker.ports.source import Reading, Source, WorksElsewhere
from kingmaker.privacy.masking import Mask


def reading_of(house: House, pipeline: Pipeline, folder: Path, as_of: date, *, occasion: str) -> Reading:
    """`folder` is where the declaration's relative paths start; `occasion` names who reads, for sources that change."""
    since = pipeline.windows.since
    return Reading(
        declaration=pipeline.source,
        folder=folder,
        as_of=as_of,
        start=date.fromisoformat(since) if since else date.min,
        end=_matured_until(pipeline, as_of),
        earliest=_earliest(pipeline),
        latest=as_of,
        applied_at=pipeline.applied_at,
        occasion=occasion,
        mask=Mask(pipeline.pii, house.pseudonym_key),
    )


@contextmanager
def extracts_of(workspace: Path, key: str) -> Iterator[Path]:
    """A folder for what is being read, found again by the same key after a kill or a failure, and gone once all was read."""
    folder = workspace / "extracts" / key[:32]
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    shutil.rmtree(folder)


def abandon(source: Source, workspace: Path) -> None:
    """Stop what readings left at work elsewhere that nobody goes on with, before their folders in `workspace` go."""
    if isinstance(source, WorksElsewhere):
        for folder in (workspace, *workspace.glob("extracts/*")):
            source.abandon(folder)


def _earliest(pipeline: Pipeline) -> date:
    """The first day whose applications decide anything: those shortly before the window make others duplicates."""
    if pipeline.windows.since is None:
        return date.min
    since = pl.lit(date.fromisoformat(pipeline.windows.since))
    found: date = pl.select(since.dt.offset_by(f"-{pipeline.windows.duplicates.polars_offset()}")).item()
    return found


def _matured_until(pipeline: Pipeline, as_of: date) -> date:
    """The last day whose applications may have matured by `as_of`, to the day or a little later."""
    outcome = pipeline.outcome
    if outcome.observed_at is None:
        return as_of
    back = (f"-{span.polars_offset()}" for span in (outcome.reporting_lag, outcome.horizon))
    day = pl.lit(as_of)
    for offset in back:
        day = day.dt.offset_by(offset)
    found: date = pl.select(day).item()
    return found
