"""The scored rows: a CSV or Parquet file written batch by batch, there whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from kingmaker.bundle.files import whole_file
from kingmaker.bundle.reasons.explainer import Explainer, RankedReasons
from kingmaker.bundle.scorer import Integers, Scores
from kingmaker.domain.errors import KingmakerError, SourceError, StorageFailed

ANSWERS = ("pd", "score", "grade", "decision", "model_version")
"""Columns that scoring adds; with n reasons, `reason_1`, `reason_1_points` and so on follow."""

ROW_GROUP = 131_072
"""Rows written together: the Parquet writer itself would hold back a million."""


class Sheet:
    """The open output. The first batch decides the columns' types."""

    def __init__(self, path: Path, *, is_text: bool) -> None:
        self._path = path
        self._is_text = is_text
        self._writer: Any = None
        self._waiting: list[pa.RecordBatch] = []
        self._rows_waiting = 0

    def write(self, batch: pa.RecordBatch) -> None:
        if self._writer is None:
            self._writer = (
                pa.csv.CSVWriter(self._path, batch.schema)
                if self._is_text
                else pq.ParquetWriter(self._path, batch.schema)
            )
        self._waiting.append(batch)
        self._rows_waiting += batch.num_rows
        if self._rows_waiting >= ROW_GROUP:
            self._flush()

    def close(self) -> None:
        if self._writer is not None:
            self._flush()
            self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting))
        self._waiting, self._rows_waiting = [], 0


@contextmanager
def open_sheet(destination: Path) -> Iterator[Sheet]:
    """Open the output; `destination` appears, or is replaced, when the block ends without an error.

    Raises SourceError for a suffix other than .csv and .parquet, StorageFailed when the disk refuses.
    """
    suffix = destination.suffix.lower()
    if suffix not in {".csv", ".parquet", ".pq"}:
        raise SourceError(
            f"`{destination.suffix}` is not a kind of file that can be written",
            where=str(destination),
            remedy="Name a .csv or .parquet file.",
        )
    try:
        with whole_file(destination) as part:
            sheet = Sheet(part, is_text=suffix == ".csv")
            try:
                yield sheet
            finally:
                sheet.close()
    except KingmakerError:
        raise
    except OSError as error:
        raise StorageFailed(
            f"the scores could not be written: {error.strerror or error}",
            where=str(destination),
            remedy="Nothing was left behind; make room or name another folder and score again.",
        ) from error


def answer_names(reasons: int) -> tuple[str, ...]:
    """The columns that scoring adds."""
    return ANSWERS + tuple(
        name for place in range(1, reasons + 1) for name in (f"reason_{place}", f"reason_{place}_points")
    )


def answer_columns(scores: Scores, version: str) -> list[Any]:
    """Arrow columns named by ANSWERS."""
    return [
        pa.array(scores.pd, pa.float64()),
        pa.array(scores.score, pa.int64()),
        pa.array(scores.grade, pa.string()),
        pc.if_else(pa.array(scores.approved, pa.bool_()), "approve", "decline"),
        pa.repeat(pa.scalar(version, pa.string()), len(scores.pd)),
    ]


def reason_columns(explainer: Explainer, ranked: RankedReasons, rows: Integers, total: int, count: int) -> list[Any]:
    """Words and points of `count` reasons for the rows that were explained, null for the others of `total`."""
    names = np.array([*explainer.words, None], dtype=object)
    found = ranked.points > 0
    words = np.full((total, count), None, dtype=object)
    points = np.full((total, count), np.nan)
    width = ranked.places.shape[1]
    words[rows, :width] = names[np.where(found, ranked.places, -1)]
    points[rows, :width] = np.where(found, ranked.points.round(1), np.nan)
    columns: list[Any] = []
    for place in range(count):
        columns.append(pa.array(words[:, place], pa.string()))
        columns.append(pa.array(points[:, place], pa.float64(), from_pandas=True))
    return columns
