"""Labels: a loan is good or bad only when its performance window has closed, and an unknown outcome is never coded good."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from kingmaker.domain.snapshot import Finding, Severity
from kingmaker.pipeline.declaration import Outcome

_SHOWN = 8
LabelValue = str | int | float | bool


def with_labels(frame: pl.DataFrame, outcome: Outcome, as_of: date | None) -> pl.DataFrame:
    """Add `_matured`, `_label` (0, 1 or null), `_indeterminate` and `_impossible` (outcome before application).

    Matured means application + horizon + reporting lag <= as-of, for bads too: bads of an open window would come without
    their goods. An outcome after the horizon makes a good loan. Without dates (`as_of` None) every row counts as matured.
    """
    frame = frame.with_columns(_matured(outcome, as_of).alias("_matured"))
    if outcome.label is None:
        return _label_by_date(frame, outcome)
    return _label_by_value(frame, outcome, outcome.label)


def _matured(outcome: Outcome, as_of: date | None) -> pl.Expr:
    if as_of is None:
        return pl.lit(value=True)
    closes = pl.col("_applied_at").dt.offset_by(outcome.horizon.polars_offset())
    known = closes.dt.offset_by(outcome.reporting_lag.polars_offset())
    return (known <= pl.lit(as_of)).fill_null(value=False)


def _label_by_date(frame: pl.DataFrame, outcome: Outcome) -> pl.DataFrame:
    observed, applied = pl.col("_observed_at"), pl.col("_applied_at")
    within = observed <= applied.dt.offset_by(outcome.horizon.polars_offset())
    return frame.with_columns(
        pl.when("_matured").then(within.fill_null(value=False).cast(pl.Int8)).alias("_label"),
        pl.lit(value=False).alias("_indeterminate"),
        (observed < applied).fill_null(value=False).alias("_impossible"),
    )


def _label_by_value(frame: pl.DataFrame, outcome: Outcome, column: str) -> pl.DataFrame:
    text = label_text(frame[column])
    is_bad = text == value_text(outcome.bad)
    is_unclear = text.is_in([value_text(value) for value in outcome.indeterminate])
    return frame.with_columns(
        pl.select(pl.when(is_unclear | text.is_null()).then(None).otherwise(is_bad.cast(pl.Int8)))
        .to_series()
        .alias("_label"),
        is_unclear.fill_null(value=False).alias("_indeterminate"),
        pl.lit(value=False).alias("_impossible"),
    ).with_columns(pl.when("_matured").then("_label").alias("_label"))


def label_text(column: pl.Series) -> pl.Series:
    """One spelling for each value, so that 1, 1.0, "1", true and "true" are one; empty text and NaN are missing."""
    if column.dtype == pl.Boolean:
        return column.cast(pl.Int8).cast(pl.String)
    if column.dtype.is_float():
        column = column.fill_nan(None)
        whole = column.drop_nulls().is_finite().all() and (column.drop_nulls() % 1 == 0).all()
        return column.cast(pl.Int64).cast(pl.String) if whole else column.cast(pl.String)
    text = column.cast(pl.String).str.strip_chars()
    text = text.set(text == "", None)
    lower = text.str.to_lowercase()
    is_truth = lower.is_in(["true", "false"]).all() and lower.count() > 0
    return lower.replace({"true": "1", "false": "0"}) if is_truth else text


def value_text(value: LabelValue) -> str:
    """A declared value in the spelling of `label_text`."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def check_labels(column: pl.Series, outcome: Outcome) -> list[Finding]:
    """Refuse a label whose values the declaration does not sort into bad, good and indeterminate."""
    counts = label_text(column).drop_nulls().value_counts(sort=True, name="rows")
    values: list[str] = counts.get_column(column.name).to_list()
    bad = value_text(outcome.bad)
    good = [value_text(value) for value in outcome.good]
    rest = [value for value in values if value != bad and value not in map(value_text, outcome.indeterminate)]
    findings = []
    if bad not in values:
        remedy = f"Set `outcome.bad` to the value that means bad; the column holds {_listed(values)}."
        findings.append(_refusal(column.name, f"no row of `{column.name}` has the bad value {bad!r}", remedy))
    unknown = [value for value in rest if value not in good] if good else (rest if len(rest) > 1 else [])
    if unknown:
        sentence = f"`{column.name}` holds values that are neither good nor bad by declaration: {_listed(unknown)}"
        remedy = "List the good ones in `outcome.good` and the others in `outcome.indeterminate`."
        findings.append(_refusal(column.name, sentence, remedy))
    return findings


def _listed(values: Sequence[str]) -> str:
    shown = ", ".join(repr(value) for value in values[:_SHOWN])
    return f"{shown} and {len(values) - _SHOWN} more" if len(values) > _SHOWN else shown or "nothing"


def _refusal(column: str, sentence: str, remedy: str) -> Finding:
    return Finding(
        check="label_values",
        severity=Severity.REFUSAL,
        column=column,
        value=None,
        limit=None,
        sentence=sentence,
        remedy=remedy,
    )
