"""Features that know their own day: a value that became known after the application was not there to decide on."""

from collections.abc import Iterator

import polars as pl

from kingmaker.cohort.dates import as_dates
from kingmaker.domain.snapshot import Finding, Severity
from kingmaker.pipeline.declaration import Pipeline


def as_known(rows: pl.DataFrame, applied: pl.Series, pipeline: Pipeline) -> pl.DataFrame:
    """The rows without what `features.available_at` says was not known on the days `applied`.

    The columns that say when must stand beside those of which they say it.
    """
    for name, known in _known(rows, applied, pipeline):
        rows = rows.with_columns(pl.when(pl.lit(known)).then(pl.col(name)).otherwise(None).alias(name))
    return rows


def unknown_findings(rows: pl.DataFrame, applied: pl.Series, pipeline: Pipeline) -> list[Finding]:
    """A warning for each feature that has such values: how many of them, in the rows as they came."""
    findings = []
    for name, known in _known(rows, applied, pipeline):
        gone = int((~known & rows[name].is_not_null()).sum())
        if gone:
            sentence = f"`{name}` became known after the application, or nobody knows when, in {gone:,} of {rows.height:,} rows"
            findings.append(
                Finding(
                    check="known_later",
                    severity=Severity.WARNING,
                    column=name,
                    value=float(gone),
                    limit=None,
                    sentence=f"{sentence}: it is missing there",
                    remedy="",
                )
            )
    return findings


def _known(rows: pl.DataFrame, applied: pl.Series, pipeline: Pipeline) -> Iterator[tuple[str, pl.Series]]:
    """Each such feature among the rows' columns, and where it was known by the day of the application."""
    for name, column in pipeline.features.available_at.items():
        if name not in rows.columns:
            continue
        days = as_dates(rows[column], pipeline.source.date_format)
        yield name, (days <= applied).fill_null(value=False)
