"""Extract: from the source to a snapshot of judged loans, or to a refusal that says everything that is wrong."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from kingmaker.cohort.features import Columns, kind_of
from kingmaker.cohort.judgement import judge
from kingmaker.cohort.loans import Loans, added_columns
from kingmaker.cohort.raw import LoanColumns, Portions, RawRows
from kingmaker.cohort.roles import with_observed
from kingmaker.cohort.vintage import vintage_of
from kingmaker.domain.snapshot import Feature, Snapshot, WindowCount
from kingmaker.loop.erased import Erased
from kingmaker.loop.snapshots import load_snapshot, snapshot_from_json, snapshot_to_json
from kingmaker.loop.storing import store
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.progress import Progress
from kingmaker.ports.source import Reading, Source
from kingmaker.ports.vault import Vault
from kingmaker.privacy.free_text import scan

__all__ = ["extract", "extraction_facts", "load_snapshot", "snapshot_from_json", "snapshot_to_json"]

_OF_THE_LOANS = (
    "source",
    "pii",
    "id",
    "customer",
    "applied_at",
    "outcome",
    "population",
    "amount",
    "acceptance",
    "windows",
    "features",
)


def extract(  # noqa: PLR0913 - what a stage needs, each by name
    pipeline: Pipeline,
    *,
    source: Source,
    reading: Reading,
    vault: Vault,
    scratch: Path,
    progress: Progress,
    previous: Snapshot | None = None,
    erased: Erased | None = None,
    portions: Portions | None = None,
) -> Snapshot:
    """Read the source, judge its loans as of a date and put the result into the vault.

    `scratch` is a folder for what is read, in which an earlier call for the same reading may have left something. Rows that
    were `erased` are left out; no more is held together than `portions` say. The same rows, declaration and date give the same
    digest. Raises SourceError, and DataRefused or LeakFound listing all findings that stop the run.
    """
    extracted = source.extract(reading, scratch, progress.say)
    raw = RawRows(pl.scan_parquet(list(extracted.parts)), portions=portions)
    raw = raw if erased is None else erased.left(raw, pipeline)
    personal = [finding for names in raw.blocks(raw.columns) for finding in scan(raw.read(names), pipeline.pii)]
    for finding in personal:
        progress.say(finding.told())
    loans, columns, windows = judge(raw, pipeline, reading.as_of, previous)
    progress.say(f"{loans.frame.height:,} loans in windows, {len(columns.features)} features")
    kept = (*columns.features, *_protected(raw, columns.features, pipeline))
    parts = store(
        LoanColumns(raw, pipeline, loans.order), kept, loans.frame.select(added_columns(pipeline)), vault, scratch
    )
    snapshot = _snapshot(parts, reading.as_of, loans, columns, windows)
    snapshot = replace(snapshot, findings=(*personal, *snapshot.findings))
    return replace(snapshot, vintage=vintage_of(with_observed(loans.labelled(), pipeline), pipeline.outcome))


def extraction_facts(pipeline: Pipeline) -> dict[str, object]:
    """The parts of a declaration that decide a snapshot, as plain values.

    Neither the pipeline's name, nor its training but for the seed of a random split, nor what its policy says of models:
    pipelines that differ only there share their snapshots.
    """
    kept = {*_OF_THE_LOANS, "cleaning"}  # every column that `cleaning` names must exist
    gates = pipeline.policy.gates
    return pipeline.model_dump(mode="json", include=kept) | {
        "seed": pipeline.training.seed,
        "min_bads": pipeline.policy.min_bads,
        "limits": (gates.max_column_auc, gates.max_volume_change, gates.max_bad_rate_sigma),
    }


def _protected(raw: RawRows, features: Sequence[Feature], pipeline: Pipeline) -> list[Feature]:
    """Protected attributes that are no features; they are kept to judge fairness by."""
    named = {feature.name for feature in features}
    kinds = {name: kind_of(raw.schema[name]) for name in pipeline.features.protected if name not in named}
    return [Feature(name=name, kind=kind) for name, kind in kinds.items() if kind is not None]


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
