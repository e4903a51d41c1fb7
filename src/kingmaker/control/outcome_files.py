"""Outcomes as they are handed in, CSV, Parquet or JSON: two columns, read piece by piece, never the whole file in memory."""

import csv
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

import msgspec
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from kingmaker.domain.errors import KingmakerError

Decoded = TypeVar("Decoded")

BATCH_ROWS: Final = 65_536
BLOCK_BYTES: Final = 1 << 20
"""Of CSV at once; no line may be longer. Nor may one of JSON."""
MAX_ARRAY_BYTES: Final = 32 << 20
"""A JSON array is read at once; JSON lines are not."""
MAX_COLUMN_BYTES: Final = 512 << 20
"""Of one column of one Parquet row group, unpacked."""


class OutcomeForm(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"
    JSON = "json"
    """One array of objects, or an object on each line."""


class OutcomesRefused(KingmakerError):
    """The file does not say what became of loans in the way the pipeline declares it. Nothing of it was kept."""

    code = "outcomes_refused"


def read_columns(
    path: Path, form: OutcomeForm, columns: Sequence[str], missing: Sequence[str]
) -> Iterator[pl.DataFrame]:
    """The named columns, in order, in batches. `missing` are texts that mean missing in CSV, where all values are texts.

    Raises OutcomesRefused for a file that cannot be read, or lacks a column.
    """
    try:
        match form:
            case OutcomeForm.CSV:
                yield from _csv(path, columns, missing)
            case OutcomeForm.PARQUET:
                yield from _parquet(path, columns)
            case OutcomeForm.JSON:
                yield from _json(path, columns)
    except (pa.ArrowException, OSError, UnicodeError, csv.Error) as error:
        raise refused(f"the file cannot be read as {form.value}: {_first_line(error)}", "") from None


def refused(
    what: str, where: str, remedy: str = "Correct the file and hand it in again: nothing was kept."
) -> OutcomesRefused:
    return OutcomesRefused(what, where=where, remedy=remedy)


def _csv(path: Path, columns: Sequence[str], missing: Sequence[str]) -> Iterator[pl.DataFrame]:
    with path.open("rb") as file:
        head = file.readline(BLOCK_BYTES).decode("utf-8-sig").rstrip("\r\n")
    delimiter = max(",;\t|", key=head.count)
    names = next(csv.reader([head], delimiter=delimiter), [])
    _check(names, columns)
    opened = pyarrow.csv.open_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(block_size=BLOCK_BYTES, use_threads=False),
        parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            include_columns=list(columns),
            column_types=dict.fromkeys(columns, pa.string()),
            null_values=list(missing),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )
    with opened as reader:
        for batch in reader:
            yield _frame(batch)


def _parquet(path: Path, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    with pyarrow.parquet.ParquetFile(path) as file:
        _check(file.schema_arrow.names, columns)
        for group in range(file.metadata.num_row_groups):
            for index in range(file.metadata.row_group(group).num_columns):
                column = file.metadata.row_group(group).column(index)
                if column.path_in_schema in columns and column.total_uncompressed_size > MAX_COLUMN_BYTES:
                    raise refused(
                        f"row group {group + 1} holds more than {MAX_COLUMN_BYTES >> 20} MiB in one column",
                        f"column `{column.path_in_schema}`",
                        "Write it in smaller row groups.",
                    )
        for batch in file.iter_batches(BATCH_ROWS, columns=list(columns), use_threads=False):
            yield _frame(batch.select(list(columns)))


def _json(path: Path, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    rows: list[tuple[object, ...]] = []
    for number, row in enumerate(_objects(path), start=1):
        rows.append(tuple(_value(row.get(column), column, number) for column in columns))
        if len(rows) == BATCH_ROWS:
            yield _texts(rows, columns)
            rows = []
    if rows:
        yield _texts(rows, columns)


def _objects(path: Path) -> Iterator[dict[str, msgspec.Raw]]:
    with path.open("rb") as file:
        if file.read(BLOCK_BYTES).lstrip()[:1] == b"[":
            if path.stat().st_size > MAX_ARRAY_BYTES:
                raise refused(
                    f"an array of more than {MAX_ARRAY_BYTES >> 20} MiB", "", "Send JSON lines: an object on each."
                )
            yield from _decoded(path.read_bytes(), list[dict[str, msgspec.Raw]], "")
            return
        file.seek(0)
        number = 0
        while line := file.readline(BLOCK_BYTES):
            number += 1
            if line.strip():
                yield _decoded(line, dict[str, msgspec.Raw], f"line {number}")


def _decoded(data: bytes, kind: type[Decoded], where: str) -> Decoded:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise refused(f"this is not JSON of objects: {error}", where) from None


def _value(raw: msgspec.Raw | None, column: str, row: int) -> object:
    """Text, a number, a truth or nothing."""
    if raw is None:
        raise refused(f"the column `{column}` is missing", f"row {row}")
    value = msgspec.json.decode(raw)
    if isinstance(value, (list, dict)):
        raise refused("a text, a number, true, false or null is meant", f"row {row}, column `{column}`")
    return value


def _texts(rows: Sequence[tuple[object, ...]], columns: Sequence[str]) -> pl.DataFrame:
    """Every value in one spelling: 1, 1.0 and true are `1`."""
    found = {name: [_text(row[index]) for row in rows] for index, name in enumerate(columns)}
    return pl.DataFrame(found, schema=dict.fromkeys(columns, pl.String))


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _frame(batch: pa.RecordBatch) -> pl.DataFrame:
    found = pl.from_arrow(batch)
    assert isinstance(found, pl.DataFrame)
    return found


def _check(names: Sequence[str], wanted: Sequence[str]) -> None:
    for name in wanted:
        if list(names).count(name) != 1:
            what = "is missing" if name not in names else "stands there twice"
            shown = ", ".join(f"`{one}`" for one in names[:20]) or "none"
            raise refused(f"the column `{name}` {what}; there are {shown}", "the columns")


def _first_line(error: Exception) -> str:
    return (str(error).partition("\n")[0] or type(error).__name__)[:300]
