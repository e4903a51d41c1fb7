"""The whole cohort: which loans, which columns, and everything that is wrong with either, said at once."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from kingmaker.cohort.availability import unknown_findings
from kingmaker.cohort.data_check import check_against_last, check_windows
from kingmaker.cohort.declared_check import check_declared
from kingmaker.cohort.features import Columns, as_kinds, choose_columns, drop_copies
from kingmaker.cohort.leak_guard import guard, late_dates, leaks_of
from kingmaker.cohort.loans import ADDED, Loans, check_roles, select_loans
from kingmaker.cohort.readings import read_columns
from kingmaker.cohort.roles import applied_days
from kingmaker.cohort.windows import count_windows
from kingmaker.domain.errors import DataRefused, LeakFound
from kingmaker.domain.snapshot import Finding, Severity, Snapshot, WindowCount
from kingmaker.pipeline.declaration import Pipeline


def judge(
    raw: pl.DataFrame, pipeline: Pipeline, as_of: date, previous: Snapshot | None = None
) -> tuple[Loans, Columns, tuple[WindowCount, ...]]:
    """Loans in their windows and the columns that may judge them. Raises DataRefused or LeakFound with all findings.

    It stops early only where nothing further can be looked at: when a declared column is missing or holds no dates.
    """
    _refuse(check_declared(raw.columns, pipeline, previous.features if previous else None), pipeline)
    _refuse(check_roles(raw, pipeline), pipeline)
    loans = select_loans(raw, pipeline, as_of)
    windows = count_windows(loans.frame)
    findings = [
        *loans.findings,
        *unknown_findings(raw, applied_days(raw, pipeline), pipeline),
        *check_windows(windows, pipeline.policy.min_bads),
        *check_against_last(windows, previous, pipeline.policy.gates),
    ]
    if loans.labelled().is_empty():
        _refuse(findings, pipeline)
    columns = _columns(raw.columns, loans, pipeline, leaks_of(previous))
    if not columns.features:
        findings.append(_no_features())
    columns = Columns(features=columns.features, left_out=columns.left_out, findings=(*findings, *columns.findings))
    _refuse(columns.findings, pipeline)
    return loans, columns, windows


def _columns(names: Sequence[str], loans: Loans, pipeline: Pipeline, known_leaks: frozenset[str]) -> Columns:
    labelled = loans.labelled()
    columns = choose_columns(labelled.select(names), pipeline)
    columns = drop_copies(as_kinds(labelled, columns.features), columns)
    columns = _with_late_dates(columns, labelled, pipeline)
    train = loans.train()
    values = pl.concat([train.select(ADDED), as_kinds(train, columns.features)], how="horizontal")
    readings = read_columns(values, columns.features)
    return guard(columns, readings, pipeline.features, pipeline.policy.gates.max_column_auc, known_leaks)


def _with_late_dates(columns: Columns, labelled: pl.DataFrame, pipeline: Pipeline) -> Columns:
    features = pipeline.features
    declared = {pipeline.applied_at, pipeline.outcome.observed_at, *features.forbid, *features.available_at.values()}
    dates = [left.column for left in columns.left_out if left.column not in declared]
    late = {left.column: (left, finding) for left, finding in late_dates(labelled, dates, pipeline.source.date_format)}
    return Columns(
        features=columns.features,
        left_out=tuple(late[left.column][0] if left.column in late else left for left in columns.left_out),
        findings=(*columns.findings, *(finding for _, finding in late.values())),
    )


def _no_features() -> Finding:
    return Finding(
        check="no_features",
        severity=Severity.REFUSAL,
        column=None,
        value=0.0,
        limit=1.0,
        sentence="no column is left that the model may use",
        remedy="Read why each was left out, and change `features` or the source.",
    )


def _refuse(findings: Sequence[Finding], pipeline: Pipeline) -> None:
    """Raise when there is a refusal, with the sentences of all of them."""
    refusals = [finding for finding in findings if finding.severity is Severity.REFUSAL]
    if not refusals:
        return
    lines = [f"{finding.sentence}. {finding.remedy}".strip() for finding in refusals]
    leaks_only = all(finding.check == "leak" for finding in refusals)
    where = f"pipeline {pipeline.pipeline}"
    raise (LeakFound if leaks_only else DataRefused)("\n".join(lines), where=where)
