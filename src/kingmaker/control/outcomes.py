"""What became of loans, proven to be readable as the pipeline declares it: an id, and a date or a label."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from kingmaker.cohort.dates import ISO, as_dates, may_hold_dates
from kingmaker.cohort.maturity import label_text, value_text
from kingmaker.cohort.roles import ROW_NUMBER
from kingmaker.control.outcome_files import OutcomeForm, OutcomesRefused, read_columns, refused
from kingmaker.pipeline.declaration import Outcome, Pipeline

MAX_OUTCOME_BYTES: Final = 256 << 20

__all__ = ["MAX_OUTCOME_BYTES", "OutcomeForm", "OutcomesRefused", "form_of", "outcome_columns", "read_outcomes"]


def read_outcomes(path: Path, form: OutcomeForm, pipeline: Pipeline) -> Iterator[pl.DataFrame]:
    """Batches of `id` (text) and `outcome`: the date on which it became known, null for a loan that did not go bad; or the
    label, as text in `cohort.maturity`'s spelling. Raises OutcomesRefused naming the first row and column that is wrong.
    """
    columns = outcome_columns(pipeline)
    first = 1
    for batch in read_columns(path, form, columns, pipeline.source.missing):
        ids = _ids(batch.to_series(0), first)
        yield pl.DataFrame({"id": ids, "outcome": _outcomes(batch.to_series(1), pipeline, form, first)})
        first += batch.height
    if first == 1:
        raise refused("the file holds no rows", "")


def outcome_columns(pipeline: Pipeline) -> tuple[str, str]:
    """The id's column and the outcome's. Raises OutcomesRefused for a pipeline whose loans have no id."""
    outcome = pipeline.outcome.observed_at or pipeline.outcome.label
    assert outcome is not None
    if pipeline.id == ROW_NUMBER:
        raise refused(
            f"the loans of {pipeline.pipeline} have no id by which an outcome could be told to be theirs",
            "id",
            "Declare the column that names the application.",
        )
    return pipeline.id, outcome


def form_of(text: str) -> OutcomeForm:
    """Raises OutcomesRefused for none of the three."""
    try:
        return OutcomeForm(text)
    except ValueError:
        raise refused(f"{text!r} is no form of outcomes", "form", "Send csv, parquet or json.") from None


def _ids(column: pl.Series, first: int) -> pl.Series:
    if not (column.dtype == pl.String or column.dtype.is_integer()):
        raise refused(f"it holds {column.dtype}, and an id is text or a whole number", f"column `{column.name}`")
    text = column.cast(pl.String).str.strip_chars()
    _refuse_first((text.is_null() | (text == "")).fill_null(value=True), "the id is missing", column.name, first)
    return text


def _outcomes(column: pl.Series, pipeline: Pipeline, form: OutcomeForm, first: int) -> pl.Series:
    if pipeline.outcome.label is not None:
        return _labels(column, pipeline.outcome, first)
    return _dates(column, pipeline.source.date_format if form is OutcomeForm.CSV else None, first)


def _dates(column: pl.Series, date_format: str | None, first: int) -> pl.Series:
    if column.dtype == pl.Null:
        return column.cast(pl.Date)
    if not may_hold_dates(column.dtype):
        raise refused(f"it holds {column.dtype}, and dates are meant", f"column `{column.name}`")
    read = as_dates(column, date_format)
    given = column.is_not_null()
    if column.dtype == pl.String:
        given &= column.str.strip_chars() != ""
    row = _first_true(given & read.is_null())
    if row is not None:
        raise refused(
            f"{column[row]!r:.60} is no date as `{date_format or ISO}` writes one",
            f"row {first + row}, column `{column.name}`",
        )
    return read


def _labels(column: pl.Series, outcome: Outcome, first: int) -> pl.Series:
    text = label_text(column)
    _refuse_first(text.is_null(), "the label is missing", column.name, first)
    if outcome.good:
        declared = [value_text(value) for value in (outcome.bad, *outcome.good, *outcome.indeterminate)]
        row = _first_true(~text.is_in(declared))
        if row is not None:
            raise refused(
                f"{text[row]!r:.60} is neither good nor bad nor indeterminate by declaration",
                f"row {first + row}, column `{column.name}`",
            )
    return text


def _refuse_first(wrong: pl.Series, what: str, column: str, first: int) -> None:
    row = _first_true(wrong)
    if row is not None:
        raise refused(what, f"row {first + row}, column `{column}`")


def _first_true(found: pl.Series) -> int | None:
    return found.arg_max() if found.any() else None
