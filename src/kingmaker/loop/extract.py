"""Extract: from the source to a snapshot of judged loans, or to a refusal that says everything that is wrong."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from kingmaker.cohort.features import Columns, as_kinds, guess_kind
from kingmaker.cohort.judgement import judge
from kingmaker.cohort.loans import Loans, added_columns
from kingmaker.cohort.roles import with_observed
from kingmaker.cohort.vintage import vintage_of
from kingmaker.domain.snapshot import Feature, Snapshot, WindowCount
from kingmaker.loop.erased import Erased
from kingmaker.loop.snapshots import load_snapshot, snapshot_from_json, snapshot_to_json
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.progress import Progress
from kingmaker.ports.source import Reading, Source
from kingmaker.ports.vault import Vault
from kingmaker.privacy.free_text import scan

__all__ = ["extract", "extraction_facts", "load_snapshot", "snapshot_from_json", "snapshot_to_json"]

ROWS_A_PART = 1_000_000
ROWS_A_GROUP = 131_072
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
) -> Snapshot:
    """Read the source, judge its loans as of a date and put the result into the vault.

    `scratch` is a folder for what is read, in which an earlier call for the same reading may have left something. Rows that
    were `erased` are left out. The same rows, declaration and date give the same digest. Raises SourceError, and DataRefused or
    LeakFound listing all findings that stop the run.
    """
    extracted = source.extract(reading, scratch, progress.say)
    raw = pl.read_parquet(list(extracted.parts))
    raw = raw if erased is None else erased.left(raw, pipeline)
    personal = scan(raw, pipeline.pii)
    for finding in personal:
        progress.say(finding.told())
    loans, columns, windows = judge(raw, pipeline, reading.as_of, previous)
    progress.say(f"{loans.frame.height:,} loans in windows, {len(columns.features)} features")
    parts = _store(_values(loans.frame, columns.features, pipeline), vault, scratch)
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


def _values(frame: pl.DataFrame, features: Sequence[Feature], pipeline: Pipeline) -> pl.DataFrame:
    """What the snapshot keeps: features in their final types, protected attributes, and the added columns."""
    named = {feature.name for feature in features}
    protected = []
    for name in pipeline.features.protected:
        kind = guess_kind(frame[name])
        if name not in named and kind is not None:
            protected.append(Feature(name=name, kind=kind))
    return pl.concat(
        [as_kinds(frame, (*features, *protected)), frame.select(added_columns(pipeline))], how="horizontal"
    )


def _store(values: pl.DataFrame, vault: Vault, scratch: Path) -> tuple[str, ...]:
    """Write the parts, the same bytes for the same rows, and return their digests in order."""
    digests = []
    for number, part in enumerate(values.iter_slices(ROWS_A_PART)):
        path = scratch / f"part-{number:05}.parquet"
        part.rechunk().write_parquet(path, compression="zstd", row_group_size=ROWS_A_GROUP)
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
