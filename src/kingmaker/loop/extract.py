"""Extract: from the source to a snapshot of judged loans, or to a refusal that says everything that is wrong."""

import hashlib
import json
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec
import polars as pl

from kingmaker.cohort.data_check import check_against_last, check_windows
from kingmaker.cohort.declared_check import check_declared
from kingmaker.cohort.features import Columns, as_kinds, choose_columns, drop_copies, guess_kind
from kingmaker.cohort.leak_guard import guard, late_dates, leaks_of
from kingmaker.cohort.loans import ADDED, Loans, check_roles, select_loans
from kingmaker.cohort.readings import read_columns
from kingmaker.cohort.windows import count_windows
from kingmaker.domain.errors import DataRefused, LeakFound
from kingmaker.domain.snapshot import Feature, Finding, Severity, Snapshot, Window, WindowCount
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.progress import Progress
from kingmaker.ports.source import Source
from kingmaker.ports.vault import Vault

ROWS_A_PART = 1_000_000
_ROWS_A_GROUP = 131_072


def extract(  # noqa: PLR0913
    pipeline: Pipeline,
    *,
    as_of: date,
    source: Source,
    vault: Vault,
    folder: Path,
    workspace: Path,
    progress: Progress,
    previous: Snapshot | None = None,
) -> Snapshot:
    """Read the source, judge its loans as of a date and put the result into the vault.

    `folder` is where the pipeline file stands; `workspace` holds temporary files. The same rows, declaration and date
    give the same digest. Raises SourceError, and DataRefused or LeakFound listing all findings that stop the run.
    """
    with tempfile.TemporaryDirectory(dir=workspace, prefix="extract-") as scratch:
        extracted = source.extract(pipeline.source, folder, Path(scratch) / "raw.parquet", progress.say)
        raw = pl.read_parquet(extracted.path)
        loans, columns, windows = judge(raw, pipeline, as_of, previous)
        progress.say(f"{loans.frame.height:,} loans in windows, {len(columns.features)} features")
        parts = _store(_values(loans.frame, columns.features, pipeline), vault, Path(scratch))
    return _snapshot(parts, as_of, loans, columns, windows)


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
    declared = {pipeline.applied_at, pipeline.outcome.observed_at, *pipeline.features.forbid}
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


def _values(frame: pl.DataFrame, features: Sequence[Feature], pipeline: Pipeline) -> pl.DataFrame:
    """What the snapshot keeps: features in their final types, protected attributes, and the added columns."""
    named = {feature.name for feature in features}
    protected = []
    for name in pipeline.features.protected:
        kind = guess_kind(frame[name])
        if name not in named and kind is not None:
            protected.append(Feature(name=name, kind=kind))
    return pl.concat([as_kinds(frame, (*features, *protected)), frame.select(ADDED)], how="horizontal")


def _store(values: pl.DataFrame, vault: Vault, scratch: Path) -> tuple[str, ...]:
    """Write the parts, the same bytes for the same rows, and return their digests in order."""
    digests = []
    for number, part in enumerate(values.iter_slices(ROWS_A_PART)):
        path = scratch / f"part-{number:05}.parquet"
        part.rechunk().write_parquet(path, compression="zstd", row_group_size=_ROWS_A_GROUP)
        digests.append(vault.put(path))
    return tuple(digests)


def _snapshot(
    parts: tuple[str, ...], as_of: date, loans: Loans, columns: Columns, windows: tuple[WindowCount, ...]
) -> Snapshot:
    facts = {
        "parts": parts,
        "as_of": as_of.isoformat(),
        "basis": loans.basis.value,
        "features": [(feature.name, feature.kind.value, feature.monotone) for feature in columns.features],
        "windows": [(count.window.value, count.rows, count.bads) for count in windows],
        "exclusions": [(exclusion.reason, exclusion.rows) for exclusion in loans.exclusions],
    }
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Snapshot(
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
        parts=parts,
        as_of=as_of,
        rows=loans.frame.height,
        basis=loans.basis,
        windows=windows,
        exclusions=loans.exclusions,
        features=columns.features,
        left_out=columns.left_out,
        findings=columns.findings,
    )


def load_snapshot(
    vault: Vault, snapshot: Snapshot, windows: Sequence[Window] | None = None, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """Rows of a snapshot in its order. `windows` None: all five; `columns` None: all, else these in this order."""
    kept = [window.value for window in (windows if windows is not None else tuple(Window))]
    parts = [pl.scan_parquet(vault.fetch(digest)) for digest in snapshot.parts]
    rows = pl.concat(part.filter(pl.col("_window").is_in(kept)) for part in parts)
    return (rows if columns is None else rows.select(columns)).collect()


def snapshot_to_json(snapshot: Snapshot) -> bytes:
    """The record as JSON, keys in a fixed order; the rows stay in the vault."""
    return msgspec.json.encode(snapshot, order="deterministic")


def snapshot_from_json(data: bytes) -> Snapshot:
    return msgspec.json.decode(data, type=Snapshot)
