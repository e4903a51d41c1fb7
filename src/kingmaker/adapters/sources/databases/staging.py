"""What a database gave, on disk: masked Parquet parts, each written whole, and a note once all of them are there."""

import json
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kingmaker.adapters.sources.tasks import finish, unfinished

ROWS_A_GROUP: Final = 131_072
BYTES_A_GROUP: Final = 48 << 20
ROWS_A_PART: Final = 2_000_000
_NOTE: Final = "read.json"
_LOOKED_AT: Final = 10_000
_PARTS: Final = "rows-*"


def stage(batches: Iterable[pa.RecordBatch], folder: Path) -> tuple[tuple[Path, ...], int]:
    """Write all batches to parts of the folder and count their rows; what an unfinished reading left there goes first."""
    for left in folder.glob(_PARTS):
        left.unlink()
    with _Parts(folder) as parts:
        for batch in batches:
            parts.add(batch)
        parts.close()
    note = folder / _NOTE
    unfinished(note).write_text(json.dumps({"parts": [part.name for part in parts.made], "rows": parts.rows}))
    finish(note)
    return tuple(parts.made), parts.rows


def staged(folder: Path) -> tuple[tuple[Path, ...], int] | None:
    """What `stage` wrote to the folder before; None where it did not come to its end."""
    try:
        note = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    parts = tuple(folder / name for name in note["parts"])
    return (parts, note["rows"]) if all(part.is_file() for part in parts) else None


class _Parts:
    """The parts being written, a row group at a time, while the next one comes: memory is bounded by two of them."""

    def __init__(self, folder: Path) -> None:
        self.made: list[Path] = []
        self.rows = 0
        self._folder = folder
        self._group: list[pa.RecordBatch] = []
        self._writer: pq.ParquetWriter | None = None
        self._in_part = 0
        self._hand = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """What is not closed by then stays unfinished."""
        self._hand.shutdown()
        if self._writer is not None:
            self._writer.close()

    def add(self, batch: pa.RecordBatch) -> None:
        self._group.append(batch)
        rows, size = sum(one.num_rows for one in self._group), sum(one.nbytes for one in self._group)
        if rows >= ROWS_A_GROUP or size >= BYTES_A_GROUP:
            self._hand_over()

    def close(self) -> None:
        self._hand_over()
        self._wait()
        self._finish()

    def _hand_over(self) -> None:
        self._wait()
        table = pa.Table.from_batches(self._group) if self._group else None
        self._group = []
        if table is not None and table.num_rows:
            self._writing = self._hand.submit(self._write, table)

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    def _write(self, table: pa.Table) -> None:
        if self._writer is None:
            path = self._folder / f"rows-{len(self.made):05}.parquet"
            repeated = [field.name for field in table.schema if _repeats(table.column(field.name))]
            self._writer = pq.ParquetWriter(
                unfinished(path), table.schema, compression="zstd", use_dictionary=repeated or False
            )
            self.made.append(path)
        self._writer.write_table(table, row_group_size=ROWS_A_GROUP)
        self.rows += table.num_rows
        self._in_part += table.num_rows
        if self._in_part >= ROWS_A_PART:
            self._finish()

    def _finish(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer, self._in_part = None, 0
            finish(self.made[-1])


def _repeats(values: pa.ChunkedArray) -> bool:
    """Whether a column is of texts or days that are few: for anything else a dictionary costs more than it saves."""
    if not (pa.types.is_string(values.type) or pa.types.is_date(values.type)):
        return False
    looked_at = values.slice(0, _LOOKED_AT)
    return bool(2 * pc.count_distinct(looked_at).as_py() < len(looked_at))
