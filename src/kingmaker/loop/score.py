"""Score a file with a bundle: rows in, rows with pd, score, grade and decision out, in bounded memory."""

import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from kingmaker.bundle.proof import prove, prove_for_files
from kingmaker.bundle.reading import Bundle
from kingmaker.bundle.reasons.explainer import Explainer, explainer_of
from kingmaker.bundle.scorer import Scorer, Scores
from kingmaker.domain.errors import DataRefused
from kingmaker.domain.snapshot import Finding, Severity
from kingmaker.loop.scoring.matrices import Matrices, MatrixReader
from kingmaker.loop.scoring.rows_source import ScoreSource, open_source
from kingmaker.loop.scoring.sheet import answer_columns, answer_names, open_sheet, reason_columns
from kingmaker.loop.scoring.tally import Tally
from kingmaker.ports.progress import Progress, Silence

BATCH_ROWS = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreOptions:
    """What is rarely asked for."""

    allow_missing: bool = False
    """Score although columns are absent: they count as missing in every row, and a finding says so."""
    words: Mapping[str, str] = field(default_factory=dict)
    """What reasons call a column towards applicants."""
    explain_approved: bool = False
    """Give reasons for approved applicants too; by default only the declined ones have them."""
    threads: int | None = None
    """Batches scored at once; default one a core. The answers do not depend on it."""
    batch_rows: int = BATCH_ROWS
    compiled: bool = True
    """Walk trees with the compiled library where there is one; the answers are the same bits either way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSummary:
    """What was scored. `mean_pd` is NaN for no rows; `grades` are (name, rows), best first."""

    destination: Path
    version: str
    rows: int
    approved: int
    mean_pd: float
    grades: tuple[tuple[str, int], ...]
    distinct_scores: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What every batch needs."""

    bundle: Bundle
    scorer: Scorer
    reader: MatrixReader
    keep: tuple[str, ...]
    explainer: Explainer | None
    reasons: int
    explain_approved: bool


def score_file(
    bundle: Bundle,
    source: Path,
    destination: Path,
    *,
    reasons: int = 0,
    keep: Sequence[str] = (),
    progress: Progress | None = None,
    options: ScoreOptions | None = None,
) -> ScoreSummary:
    """Prove the bundle, score every row of a .csv or .parquet file in order, and write a .csv or .parquet file.

    The output has the `keep` columns (default: the pipeline's id column where the file has it), pd, score, grade, decision
    (`approve` or `decline`), model_version, and `reasons` pairs of columns reason_i, reason_i_points. It appears whole when
    everything has been scored, and replaces an older one only then.

    Raises NotFound, SourceError (file, row, column), DataRefused naming all missing columns, BundleRefused, StorageFailed.
    """
    options = options or ScoreOptions()
    opened = open_source(source)
    kept = _kept(bundle, opened, keep)
    absent = tuple(name for name in bundle.schema.names if name not in opened.columns)
    _check_columns(opened, destination, kept, () if options.allow_missing else absent, answer_names(reasons))
    job = _Job(
        bundle=bundle,
        scorer=prove_for_files(bundle) if options.compiled else prove(bundle),
        reader=MatrixReader(bundle.schema, str(source)),
        keep=kept,
        explainer=explainer_of(bundle, options.words) if reasons else None,
        reasons=reasons,
        explain_approved=options.explain_approved,
    )
    tally = Tally(bundle.schema)
    with open_sheet(destination) as sheet:
        for written, matrices, scores in _scored(job, opened, options):
            sheet.write(written)
            tally.add(matrices, scores)
            (progress or Silence()).advance(tally.rows, opened.rows or 0, f"{tally.rows:,} rows scored")
        if not tally.rows:
            sheet.write(_nothing(job, opened))
    return _summary(bundle, destination, tally, absent)


def _kept(bundle: Bundle, opened: ScoreSource, keep: Sequence[str]) -> tuple[str, ...]:
    if keep:
        return tuple(dict.fromkeys(keep))
    return (bundle.schema.id,) if bundle.schema.id in opened.columns else ()


def _check_columns(
    opened: ScoreSource, destination: Path, kept: tuple[str, ...], absent: tuple[str, ...], answers: tuple[str, ...]
) -> None:
    where = str(opened.path)
    if opened.path.resolve() == destination.resolve():
        raise DataRefused(
            "the scores would take the place of the rows", where=where, remedy="Name another file for them."
        )
    missing = [*absent, *(name for name in kept if name not in opened.columns and name not in absent)]
    if missing:
        raise DataRefused(
            f"the file lacks {len(missing)} of the columns needed: {', '.join(f'`{name}`' for name in missing)}",
            where=where,
            remedy="Add them; `--allow-missing` scores without them, as if missing in every row.",
        )
    clashes = [name for name in kept if name in answers]
    if clashes:
        raise DataRefused(
            f"kept columns have the names of answers: {', '.join(f'`{name}`' for name in clashes)}",
            where=where,
            remedy="Rename them in the file, or do not keep them.",
        )


def _scored(job: _Job, opened: ScoreSource, options: ScoreOptions) -> Iterator[tuple[pa.RecordBatch, Matrices, Scores]]:
    """Batches in the file's order; a few are scored at once while the next is read, so memory does not grow with rows."""
    threads = options.threads or os.cpu_count() or 1
    needed = dict.fromkeys((*job.keep, *job.bundle.schema.names))
    columns = [name for name in needed if name in opened.columns]
    under_way: deque[Future[tuple[pa.RecordBatch, Matrices, Scores]]] = deque()
    first_row = 1
    with ThreadPoolExecutor(threads, thread_name_prefix="score") as pool:
        try:
            for batch in opened.batches(columns, options.batch_rows, job.bundle.schema.missing_texts):
                if not batch.num_rows:
                    continue
                under_way.append(pool.submit(_score_batch, job, batch, first_row))
                first_row += batch.num_rows
                if len(under_way) > threads:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _score_batch(job: _Job, batch: pa.RecordBatch, first_row: int) -> tuple[pa.RecordBatch, Matrices, Scores]:
    matrices = job.reader.read(batch, first_row)
    scores = job.scorer.score(matrices.num, matrices.cat, terms=False)
    columns = [batch.column(name) for name in job.keep] + answer_columns(scores, job.bundle.short)
    if job.explainer is not None:
        columns += _explained(job, job.explainer, matrices, scores)
    return pa.RecordBatch.from_arrays(columns, names=[*job.keep, *answer_names(job.reasons)]), matrices, scores


def _explained(job: _Job, explainer: Explainer, matrices: Matrices, scores: Scores) -> list[Any]:
    chosen = np.ones(len(scores.pd), dtype=bool) if job.explain_approved else ~scores.approved
    rows = np.flatnonzero(chosen)
    num = None if matrices.num is None else matrices.num[rows]
    cat = None if matrices.cat is None else matrices.cat[rows]
    ranked = explainer.rank(num, cat, job.reasons)
    return reason_columns(explainer, ranked, rows, len(chosen), job.reasons)


def _nothing(job: _Job, opened: ScoreSource) -> pa.RecordBatch:
    kept = [pa.array([], opened.schema.field(name).type) for name in job.keep]
    reasons = [pa.array([], kind) for _ in range(job.reasons) for kind in (pa.string(), pa.float64())]
    return pa.RecordBatch.from_arrays(
        [*kept, *answer_columns(Scores.none(), job.bundle.short), *reasons],
        names=[*job.keep, *answer_names(job.reasons)],
    )


def _summary(bundle: Bundle, destination: Path, tally: Tally, absent: tuple[str, ...]) -> ScoreSummary:
    return ScoreSummary(
        destination=destination,
        version=bundle.version,
        rows=tally.rows,
        approved=tally.approved,
        mean_pd=tally.pd_sum / tally.rows if tally.rows else float("nan"),
        grades=tuple((grade.name, tally.grades[grade.name]) for grade in bundle.cut_offs.thresholds.grades),
        distinct_scores=len(tally.scores),
        findings=(*(_absent(name) for name in absent), *tally.findings()),
    )


def _absent(column: str) -> Finding:
    return Finding(
        check="column_absent",
        severity=Severity.WARNING,
        column=column,
        value=None,
        limit=None,
        sentence=f"The file has no column `{column}`: it counted as missing in every row.",
        remedy="Add the column: the model was not tested without it.",
    )
