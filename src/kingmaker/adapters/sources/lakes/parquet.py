"""A lake's Parquet files as masked parts: a row group at a time, and of dropped columns not a byte."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kingmaker.adapters.sources.lakes.columns import fitted, unified
from kingmaker.adapters.sources.lakes.listing import Lake, Piece
from kingmaker.adapters.sources.lakes.partitions import column
from kingmaker.adapters.sources.lakes.staging import in_threads, stage
from kingmaker.domain.errors import SourceError
from kingmaker.privacy.masking import Mask

ROWS_A_GROUP = 131_072
VALUES_A_GROUP = 4 << 20
"""Of wide tables fewer rows are in memory at once."""
LEAST_ROWS = 8_192


def stage_parquet(lake: Lake, mask: Mask, folder: Path, told: Callable[[str], None]) -> tuple[Path, ...]:
    """One part for each piece, all of the same columns: those of the files, then those of their partitions.

    Every file's columns are looked at before the first row is read. Raises SourceError naming the file that differs.
    """
    schemas = list(in_threads(lambda piece: (piece.found.name, _schema(lake, piece)), lake.pieces))
    mask.check(schemas[0][1].names, schemas[0][0])
    kept = unified(schemas, mask)
    added = {name: kind for name, kind in lake.types.items() if name not in schemas[0][1].names}
    whole = pa.schema([*kept, *(pa.field(name, kind) for name, kind in added.items())])

    def make(piece: Piece, path: Path) -> None:
        with pq.ParquetWriter(path, whole, compression="zstd") as writer:
            _copy(lake, piece, mask, kept, added, writer)

    return stage(lake, mask, str(whole), folder, make, told)


def rows_of(parts: tuple[Path, ...]) -> int:
    return sum(pq.read_metadata(part).num_rows for part in parts)


def _schema(lake: Lake, piece: Piece) -> pa.Schema:
    with lake.storage.opened(piece.found) as file:
        try:
            return pq.read_schema(file).remove_metadata()
        except pa.ArrowException:
            raise _unreadable(piece) from None


def _copy(
    lake: Lake, piece: Piece, mask: Mask, kept: pa.Schema, added: dict[str, pa.DataType], writer: pq.ParquetWriter
) -> None:
    with lake.storage.opened(piece.found) as file:
        try:
            parquet = pq.ParquetFile(file, pre_buffer=True)
            names = mask.columns(parquet.schema_arrow.names)
            rows = max(LEAST_ROWS, min(ROWS_A_GROUP, VALUES_A_GROUP // max(1, len(names))))
            for group in range(parquet.num_row_groups):
                for batch in parquet.iter_batches(rows, row_groups=[group], columns=names, use_threads=False):
                    plain = fitted(mask.apply(batch), kept, piece.found.name)
                    more = [column(piece.values[name], kind, len(plain)) for name, kind in added.items()]
                    writer.write_batch(pa.RecordBatch.from_arrays([*plain.columns, *more], schema=writer.schema))
        except pa.ArrowException:
            raise _unreadable(piece) from None


def _unreadable(piece: Piece) -> SourceError:
    return SourceError(
        "this is not readable Parquet", where=piece.found.name, remedy="Write the file again: it may be cut off."
    )
