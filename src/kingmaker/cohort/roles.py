"""The columns every later step stands on, whatever the file calls them: row, id, customer, application, amount, weight."""

import polars as pl

from kingmaker.cohort.availability import as_known
from kingmaker.cohort.dates import as_dates
from kingmaker.cohort.exploration import weights_of
from kingmaker.pipeline.declaration import Pipeline

ROW_NUMBER = "row number"


def role_columns(pipeline: Pipeline) -> dict[str, str]:
    """Declared columns with a role, and why that role keeps them from being features. The amount may be one."""
    reasons = {
        pipeline.id: "it names the application",
        pipeline.customer: "it names the customer",
        pipeline.applied_at: "it is the application date, by which the windows are cut",
        pipeline.outcome.observed_at: "it is the date on which the outcome became known: the answer itself",
        pipeline.outcome.label: "it is the label: the answer itself",
        pipeline.acceptance.explored: "it says who was accepted at random",
        pipeline.acceptance.propensity: "it is the chance of being accepted at random",
    }
    return {column: reason for column, reason in reasons.items() if column is not None and column != ROW_NUMBER}


def with_roles(raw: pl.DataFrame, pipeline: Pipeline) -> pl.DataFrame:
    """The raw rows with `_row`, `_id`, `_customer`, `_applied_at`, `_observed_at`, `_amount` and `_weight`.

    What was not known on the day of the application is missing. A row without a customer is a customer of its own. `_weight`
    is how many applicants it stands for. Every declared column must exist.
    """
    date_format = pipeline.source.date_format
    applied = applied_days(raw, pipeline)
    frame = as_known(raw, applied, pipeline).with_row_index("_row").with_columns(pl.col("_row").cast(pl.Int64))
    identity = pl.col("_row") + 1 if pipeline.id == ROW_NUMBER else pl.col(pipeline.id)
    frame = frame.with_columns(identity.cast(pl.String).alias("_id"))
    customer = pl.col(pipeline.customer).cast(pl.String) if pipeline.customer else pl.lit(None, dtype=pl.String)
    amount = (
        pl.col(pipeline.amount).cast(pl.Float64, strict=False) if pipeline.amount else pl.lit(None, dtype=pl.Float64)
    )
    return frame.with_columns(
        pl.coalesce(customer, pl.col("_id")).alias("_customer"),
        applied.alias("_applied_at"),
        _dates(raw, pipeline.outcome.observed_at, date_format).alias("_observed_at"),
        amount.fill_nan(None).alias("_amount"),
        weights_of(raw, pipeline.acceptance).alias("_weight"),
    )


def applied_days(raw: pl.DataFrame, pipeline: Pipeline) -> pl.Series:
    """The days of the applications; null where there is none."""
    return _dates(raw, pipeline.applied_at, pipeline.source.date_format)


def with_observed(loans: pl.DataFrame, pipeline: Pipeline) -> pl.DataFrame:
    """Loans that kept their raw columns, with `_observed_at` again."""
    observed = _dates(loans, pipeline.outcome.observed_at, pipeline.source.date_format)
    return loans.with_columns(observed.alias("_observed_at"))


def _dates(raw: pl.DataFrame, column: str | None, date_format: str | None) -> pl.Series:
    if column is None:
        return pl.Series([None] * raw.height, dtype=pl.Date)
    return as_dates(raw[column], date_format)
