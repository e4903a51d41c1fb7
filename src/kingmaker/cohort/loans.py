"""From raw rows to judged loans in their windows: every rule in its order, every row accounted for."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from kingmaker.cohort import exclusions as ledger
from kingmaker.cohort.dates import check_dates
from kingmaker.cohort.exploration import check_exploration
from kingmaker.cohort.maturity import check_labels, with_labels
from kingmaker.cohort.roles import with_roles
from kingmaker.cohort.windows import FITTED, cut_at_random, cut_by_date, no_date_finding
from kingmaker.domain.errors import DataRefused
from kingmaker.domain.snapshot import Exclusion, Finding, Severity, Window, WindowBasis
from kingmaker.pipeline.declaration import Pipeline

ADDED = ("_label", "_window", "_applied_at", "_customer", "_id", "_amount")
"""Columns that every snapshot adds to the declared ones."""
WEIGHT = "_weight"
"""How many applicants a loan stands for. Kept only where exploration is declared: without the column every loan counts 1."""


def added_columns(pipeline: Pipeline) -> tuple[str, ...]:
    """What this pipeline's snapshots add to the declared columns, in their order."""
    return ADDED if pipeline.acceptance.explored is None else (*ADDED, WEIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loans:
    """Judged loans and recent applicants: the raw columns and `added_columns`, by window, application date and id.

    The recent applicants stand last. `order` is each row's number among the raw rows.
    """

    frame: pl.DataFrame
    order: pl.Series
    basis: WindowBasis
    exclusions: tuple[Exclusion, ...]
    findings: tuple[Finding, ...]

    def labelled(self) -> pl.DataFrame:
        return self.frame.filter(pl.col("_window") != Window.RECENT.value)

    def train(self) -> pl.DataFrame:
        return self.frame.filter(pl.col("_window") == Window.TRAIN.value)


def check_roles(raw: pl.DataFrame, pipeline: Pipeline) -> list[Finding]:
    """Refusals for dates, amounts and explored loans that are none. Every declared column must exist."""
    findings: list[Finding] = []
    for column in (pipeline.applied_at, pipeline.outcome.observed_at, *pipeline.features.available_at.values()):
        if column is not None:
            findings += check_dates(raw[column], pipeline.source.date_format)
    if pipeline.amount is not None and not raw[pipeline.amount].dtype.is_numeric():
        findings.append(_not_an_amount(pipeline.amount, raw[pipeline.amount]))
    return findings + check_exploration(raw, pipeline.acceptance)


def _not_an_amount(name: str, column: pl.Series) -> Finding:
    first = column.drop_nulls().head(1).to_list()
    return Finding(
        check="not_a_number",
        severity=Severity.REFUSAL,
        column=name,
        value=None,
        limit=None,
        sentence=f"the amount `{name}` holds no numbers but for instance {first[0] if first else None!r}",
        remedy="Name a numeric column in `amount`, or turn the text into numbers in a task.",
    )


def select_loans(raw: pl.DataFrame, pipeline: Pipeline, as_of: date) -> Loans:
    """Label, exclude and cut the raw rows as of a date. Raises DataRefused for a population that cannot be evaluated.

    Rows of the result plus the rows of all exclusions are the raw rows.
    """
    dated = pipeline.applied_at is not None
    cohort = ledger.Cohort(with_labels(with_roles(raw, pipeline), pipeline.outcome, as_of if dated else None))
    ledger.keep_population(cohort, pipeline.population)
    findings = ledger.keep_identified(cohort, pipeline)
    recent = cohort.frame.clear()
    if dated:
        ledger.keep_dated(cohort, as_of)
        recent = ledger.keep_matured(cohort, as_of)
    if pipeline.outcome.label is not None and not cohort.frame.is_empty():
        findings += check_labels(cohort.frame[pipeline.outcome.label], pipeline.outcome)
    _keep_comparable(cohort, pipeline)
    _cut(cohort, pipeline)
    arranged = _arranged(cohort.frame, recent, (*raw.columns, *added_columns(pipeline)))
    return Loans(
        frame=arranged.drop("_row"),
        order=arranged["_row"],
        basis=WindowBasis.DATE if dated else WindowBasis.RANDOM,
        exclusions=tuple(exclusion for exclusion in cohort.exclusions if exclusion.rows),
        findings=tuple(findings if dated else [*findings, no_date_finding()]),
    )


def judged_loans(raw: pl.DataFrame, pipeline: Pipeline, as_of: date) -> pl.DataFrame:
    """Every loan that is matured on a date, by the rules of `select_loans` but not cut into windows, for judging afterwards.

    The raw columns with `_row`, `_id`, `_customer`, `_applied_at`, `_amount`, `_weight` and `_label`. Raises DataRefused
    without application dates, and for a population that cannot be evaluated.
    """
    if pipeline.applied_at is None:
        raise DataRefused(
            "without an application date nobody can tell who applied when",
            where=f"pipeline {pipeline.pipeline}",
            remedy="Declare `applied_at`.",
        )
    cohort = ledger.Cohort(with_labels(with_roles(raw, pipeline), pipeline.outcome, as_of))
    ledger.keep_population(cohort, pipeline.population)
    ledger.keep_identified(cohort, pipeline)
    ledger.keep_dated(cohort, as_of)
    ledger.keep_matured(cohort, as_of)
    _keep_comparable(cohort, pipeline)
    return cohort.frame


def _keep_comparable(cohort: ledger.Cohort, pipeline: Pipeline) -> None:
    ledger.keep_judged(cohort, pipeline)
    if pipeline.applied_at is not None:
        if pipeline.customer is not None:
            ledger.keep_first_applications(cohort, pipeline.windows.duplicates)
        ledger.keep_since(cohort, pipeline.windows.since)


def _cut(cohort: ledger.Cohort, pipeline: Pipeline) -> None:
    least = pipeline.policy.min_bads
    if pipeline.applied_at is None:
        cohort.frame = cut_at_random(cohort.frame, pipeline.windows, least, pipeline.training.seed)
        return
    cohort.frame = cut_by_date(cohort.frame, pipeline.windows, least)
    ledger.keep_apart(cohort)


def _arranged(judged: pl.DataFrame, recent: pl.DataFrame, kept: tuple[str, ...]) -> pl.DataFrame:
    """One frame in an order that does not depend on the source's: window, application date, id."""
    names = {number: window.value for number, window in enumerate(FITTED)}
    named = judged.with_columns(pl.col("_window_number").replace_strict(names, return_dtype=pl.String).alias("_window"))
    recent = recent.with_columns(
        pl.lit(len(FITTED), dtype=pl.Int8).alias("_window_number"),
        pl.lit(Window.RECENT.value).alias("_window"),
        pl.lit(None, dtype=pl.Int8).alias("_label"),
    )
    columns = [*kept, "_window_number", "_row"]
    both = pl.concat([named.select(columns), recent.select(columns)])
    return both.sort("_window_number", "_applied_at", "_id", "_row").select(*kept, "_row")
