"""The whole cohort: which loans, which columns, and everything that is wrong with either, said at once."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from kingmaker.cohort.availability import unknown_findings
from kingmaker.cohort.data_check import check_against_last, check_windows
from kingmaker.cohort.dates import may_hold_dates
from kingmaker.cohort.declared_check import check_declared
from kingmaker.cohort.features import Columns, Copies, as_kinds, choose_columns, drop_copies
from kingmaker.cohort.leak_guard import guard, late_dates, leaks_of
from kingmaker.cohort.loans import ADDED, Loans, check_roles, select_loans
from kingmaker.cohort.raw import LoanColumns, RawRows, columns_of_roles
from kingmaker.cohort.readings import read_columns, thinned
from kingmaker.cohort.roles import applied_days
from kingmaker.cohort.windows import count_windows
from kingmaker.domain.errors import DataRefused, LeakFound
from kingmaker.domain.snapshot import Finding, LeftOut, Severity, Snapshot, WindowCount
from kingmaker.pipeline.declaration import Pipeline

_PLACE = "_place"


def judge(
    raw: RawRows | pl.DataFrame, pipeline: Pipeline, as_of: date, previous: Snapshot | None = None
) -> tuple[Loans, Columns, tuple[WindowCount, ...]]:
    """Loans in their windows and the columns that may judge them. Raises DataRefused or LeakFound with all findings.

    The loans' frame holds the columns of their roles; the others are looked at a few at a time. It stops early only where
    nothing further can be looked at: when a declared column is missing or holds no dates.
    """
    raw = raw if isinstance(raw, RawRows) else RawRows(raw)
    _refuse(check_declared(raw.columns, pipeline, previous.features if previous else None), pipeline)
    roles = raw.read(columns_of_roles(raw.columns, pipeline))
    _refuse(check_roles(roles, pipeline), pipeline)
    loans = select_loans(roles, pipeline, as_of)
    windows = count_windows(loans.frame)
    findings = [
        *loans.findings,
        *_known_later(raw, pipeline),
        *check_windows(windows, pipeline.policy.min_bads),
        *check_against_last(windows, previous, pipeline.policy.gates),
    ]
    if loans.labelled().is_empty():
        _refuse(findings, pipeline)
    columns = _columns(LoanColumns(raw, pipeline, loans.order), loans, pipeline, leaks_of(previous))
    if not columns.features:
        findings.append(_no_features())
    columns = Columns(features=columns.features, left_out=columns.left_out, findings=(*findings, *columns.findings))
    _refuse(columns.findings, pipeline)
    return loans, columns, windows


def _known_later(raw: RawRows, pipeline: Pipeline) -> list[Finding]:
    findings: list[Finding] = []
    for name, column in pipeline.features.available_at.items():
        rows = raw.read(one for one in (name, column, pipeline.applied_at) if one is not None)
        findings += unknown_findings(rows, applied_days(rows, pipeline), pipeline)
    return findings


def _columns(values: LoanColumns, loans: Loans, pipeline: Pipeline, known_leaks: frozenset[str]) -> Columns:
    labelled, train = loans.labelled(), thinned(loans.train().with_row_index(_PLACE))
    chosen = Columns(features=(), left_out=(), findings=())
    looked_at = train.select(ADDED)
    copies = Copies(lambda name: _of_kind(values, chosen, name, labelled.height))
    for names in values.raw.blocks(values.raw.columns):
        rows = values.read(names, labelled.height)
        found = choose_columns(rows, pipeline)
        chosen = chosen.and_then(found)
        if not found.features:
            continue
        final = as_kinds(rows, found.features)
        for column in final.iter_columns():
            copies.note(column)
        looked_at = pl.concat([looked_at, final[train[_PLACE]]], how="horizontal")
    columns = _with_late_dates(drop_copies(copies.of, chosen), values, labelled, pipeline)
    readings = read_columns(looked_at, columns.features)
    return guard(columns, readings, pipeline.features, pipeline.policy.gates.max_column_auc, known_leaks)


def _of_kind(values: LoanColumns, chosen: Columns, name: str, rows: int) -> pl.Series:
    feature = next(feature for feature in chosen.features if feature.name == name)
    return as_kinds(values.read([name], rows), (feature,)).to_series()


def _with_late_dates(columns: Columns, values: LoanColumns, labelled: pl.DataFrame, pipeline: Pipeline) -> Columns:
    features = pipeline.features
    declared = {pipeline.applied_at, pipeline.outcome.observed_at, *features.forbid, *features.available_at.values()}
    schema = values.raw.schema
    late: dict[str, tuple[LeftOut, Finding]] = {}
    for name in (left.column for left in columns.left_out if left.column not in declared):
        if may_hold_dates(schema[name]):
            rows = values.read([name], labelled.height).with_columns(labelled["_applied_at"])
            late |= {left.column: (left, told) for left, told in late_dates(rows, [name], pipeline.source.date_format)}
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
