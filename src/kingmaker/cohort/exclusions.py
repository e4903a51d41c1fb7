"""The exclusion ledger: every row that leaves the extract, for which reason, in the order in which the reasons apply."""

from datetime import date

import polars as pl

from kingmaker.cohort.roles import ROW_NUMBER
from kingmaker.cohort.windows import NEWEST_DAYS, newest_applicants
from kingmaker.domain.errors import DataRefused
from kingmaker.domain.snapshot import Exclusion, Finding, Severity
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.pipeline.parts import Span


class Cohort:
    """Rows on their way through the ledger. `frame` is what is left; `exclusions` says why the rest is gone."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self.exclusions: list[Exclusion] = []

    def leave_out(self, reason: str, condition: pl.Expr, sentence: str) -> pl.DataFrame:
        """Take out the rows that meet the condition and return them. `sentence` says who they are."""
        marked = self.frame.select(condition.fill_null(value=False).alias("out")).to_series()
        gone = self.frame.filter(marked)
        self.frame = self.frame.filter(~marked)
        self.note(reason, gone.height, sentence)
        return gone

    def note(self, reason: str, rows: int, sentence: str) -> None:
        self.exclusions.append(Exclusion(reason=reason, rows=rows, sentence=f"{rows:,} rows: {sentence}"))


def keep_population(cohort: Cohort, condition: str | None) -> None:
    """Raises DataRefused when the condition cannot be evaluated on the rows."""
    if condition is None:
        return
    try:
        belongs = pl.sql_expr(condition).fill_null(value=False)
        cohort.leave_out("not_in_population", ~belongs, f"not in the population `{condition}`")
    except pl.exceptions.PolarsError as error:
        problem = " ".join(str(error).split("\n\n")[0].split())
        message = f"the condition `{condition}` cannot be evaluated ({problem})"
        raise DataRefused(
            message, where="population", remedy="Write an SQL condition on columns of the source."
        ) from error


def keep_identified(cohort: Cohort, pipeline: Pipeline) -> list[Finding]:
    """Leave out rows without an id, and refuse ids that stand twice."""
    if pipeline.id == ROW_NUMBER:
        return []
    cohort.leave_out("no_id", pl.col("_id").is_null() | (pl.col("_id") == ""), f"`{pipeline.id}` is empty")
    twice = cohort.frame.filter(pl.col("_id").is_duplicated()).get_column("_id").unique(maintain_order=True)
    if twice.is_empty():
        return []
    first = ", ".join(twice.head(5).to_list())
    return [
        Finding(
            check="duplicate_id",
            severity=Severity.REFUSAL,
            column=pipeline.id,
            value=float(len(twice)),
            limit=0.0,
            sentence=f"{len(twice):,} values of `{pipeline.id}` stand in more than one row, the first are {first}",
            remedy="Name the column that is unique a row, or keep one row of each in a task.",
        )
    ]


def keep_dated(cohort: Cohort, as_of: date) -> None:
    cohort.leave_out("no_application_date", pl.col("_applied_at").is_null(), "the application date is missing")
    after = pl.col("_applied_at") > pl.lit(as_of)
    cohort.leave_out("applied_after_as_of", after, f"applied after {as_of}, which this run must not see")


def keep_matured(cohort: Cohort, as_of: date) -> pl.DataFrame:
    """Leave out the loans whose window is open and return the newest of them, which stay as unlabelled `recent` rows."""
    waiting = cohort.frame.filter(~pl.col("_matured"))
    cohort.frame = cohort.frame.filter("_matured")
    recent = newest_applicants(waiting, as_of)
    sentence = (
        f"their performance window was still open on {as_of}, whether or not they had already turned bad "
        f"({recent.height:,} more, the newest of at least {NEWEST_DAYS} days, stay as unlabelled applicants)"
    )
    cohort.note("not_matured", waiting.height - recent.height, sentence)
    return recent


def keep_judged(cohort: Cohort, pipeline: Pipeline) -> None:
    """Leave out matured loans whose outcome says nothing."""
    if pipeline.outcome.label is not None:
        listed = ", ".join(map(str, pipeline.outcome.indeterminate)) or "none declared"
        cohort.leave_out("indeterminate", pl.col("_indeterminate"), f"neither good nor bad by declaration ({listed})")
        cohort.leave_out("no_outcome", pl.col("_label").is_null(), f"`{pipeline.outcome.label}` is empty")
        return
    what = f"`{pipeline.outcome.observed_at}` lies before the application: one of the two dates is wrong"
    cohort.leave_out("outcome_before_application", pl.col("_impossible"), what)


def keep_first_applications(cohort: Cohort, span: Span) -> None:
    """Of applications of one customer in quick succession, keep the first."""
    ordered = cohort.frame.sort("_applied_at", "_row")
    earlier = pl.col("_applied_at").shift(1).over("_customer")
    cohort.frame = ordered.with_columns(
        (pl.col("_applied_at") <= earlier.dt.offset_by(span.polars_offset())).fill_null(value=False).alias("_repeat")
    )
    cohort.leave_out("customer_duplicate", pl.col("_repeat"), f"the customer had applied within {span} before")
    cohort.frame = cohort.frame.drop("_repeat")


def keep_since(cohort: Cohort, since: str | None) -> None:
    if since is not None:
        before = pl.col("_applied_at") < pl.lit(date.fromisoformat(since))
        cohort.leave_out("before_since", before, f"applied before {since}")


def keep_apart(cohort: Cohort) -> None:
    """No customer stands in two windows: whoever does stays in the newest one, and the older rows leave."""
    newest = pl.col("_window_number").max().over("_customer")
    sentence = "older rows of customers who also stand in a newer window; they stay in the newest one only"
    cohort.leave_out("customer_in_newer_window", pl.col("_window_number") < newest, sentence)
