"""The rows to score: a CSV or Parquet file read in record batches, never whole."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from kingmaker.domain.errors import NotFound, SourceError

_READ_AHEAD_BYTES = 1 << 16
"""A column is read this far ahead; pre-buffering would keep every row group of the file in memory."""
_CSV_BLOCK_BYTES = 8 << 20
_WIDTHS = re.compile(r"(Expected \d+ columns, got \d+).*", re.DOTALL)
"""What follows is the line itself: an applicant's data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSource:
    """A file of rows. `rows` is None where only reading it through would tell (CSV)."""

    path: Path
    schema: pa.Schema
    rows: int | None

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.schema.names)

    @property
    def is_text(self) -> bool:
        """Whether the file's values are texts, so that some of them mean missing."""
        return self.path.suffix.lower() == ".csv"

    def batches(self, columns: Sequence[str], rows: int, missing_texts: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The named columns in batches of at most `rows`. All CSV columns are text, with the missing ones null.

        Types never depend on the first rows. Raises SourceError for a file that cannot be read to its end.
        """
        try:
            if self.is_text:
                yield from _csv_batches(self.path, columns, rows, missing_texts)
            else:
                yield from _parquet_batches(self.path, columns, rows)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise _unreadable(self.path, error) from error


def open_source(path: Path) -> ScoreSource:
    """Read the column names. Raises NotFound without a file, SourceError for one that is neither CSV nor Parquet."""
    if not path.is_file():
        raise NotFound("there is no file to score", where=str(path), remedy="Check the path.")
    suffix = path.suffix.lower()
    try:
        if suffix == ".csv":
            return ScoreSource(
                path=path, schema=pa.schema([(name, pa.string()) for name in _csv_header(path)]), rows=None
            )
        if suffix in {".parquet", ".pq"}:
            with pq.ParquetFile(path) as file:
                return ScoreSource(path=path, schema=file.schema_arrow, rows=file.metadata.num_rows)
    except (pa.ArrowException, OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from error
    raise SourceError(
        f"`{path.suffix}` is not a kind of file that can be scored",
        where=str(path),
        remedy="Give a .csv or .parquet file.",
    )


def _csv_header(path: Path) -> tuple[str, ...]:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        names = tuple(next(csv.reader(opened), ()))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        what = f"the header names {', '.join(map(repr, twice))} twice" if twice else "the file is empty"
        raise SourceError(what, where=str(path), remedy="Give every column one name in the first line.")
    return names


def _csv_batches(
    path: Path, columns: Sequence[str], rows: int, missing_texts: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    reader = pa.csv.open_csv(
        path,
        read_options=pa.csv.ReadOptions(block_size=_CSV_BLOCK_BYTES),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            include_columns=list(columns),
            column_types=dict.fromkeys(columns, pa.string()),
            null_values=list(missing_texts),
            strings_can_be_null=True,
        ),
    )
    with reader:
        for batch in reader:
            for start in range(0, batch.num_rows, rows):
                yield batch.slice(start, rows)


def _parquet_batches(path: Path, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path, buffer_size=_READ_AHEAD_BYTES, pre_buffer=False) as file:
        yield from file.iter_batches(batch_size=rows, columns=list(columns), use_threads=False)


def _unreadable(path: Path, error: Exception) -> SourceError:
    told = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    told = _WIDTHS.sub(r"\1", told)
    return SourceError(
        f"the file could not be read: {told}",
        where=str(path),
        remedy="Nothing was written; repair the file and score again.",
    )
