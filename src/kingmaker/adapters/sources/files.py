"""Loans from a file: CSV, Parquet or a DuckDB database, with SQL tasks over it."""

import hashlib
import json
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from kingmaker.adapters.sources.csv_file import load_csv
from kingmaker.adapters.sources.masked import attach_masked, masking, told_of, types_of
from kingmaker.adapters.sources.sample import sampled
from kingmaker.adapters.sources.sql import named, quoted, tables_of
from kingmaker.adapters.sources.tasks import (
    RAW,
    lock,
    result_of,
    run_tasks,
    unfinished,
    unknown_table,
    workshop,
    write_rows,
)
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.ports.source import Extracted, Reading
from kingmaker.privacy.masking import Mask

_SUFFIXES = (".csv", ".parquet", ".duckdb")


class FileSource:
    """Reads files with an embedded DuckDB: one thread, rows in the file's order, spilling to disk beyond `memory`.

    Stateless between calls; plays the port `Source`.
    """

    def __init__(self, *, memory: str = "2GB") -> None:
        self._memory = memory

    def fingerprint(self, reading: Reading) -> str:
        """SHA-256 over the files' names and bytes and everything declared about them."""
        declaration, folder = reading.declaration, reading.folder
        digest = hashlib.sha256(json.dumps(declaration.model_dump(mode="json"), sort_keys=True).encode())
        for path in _files(declaration, folder):
            digest.update(path.name.encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()

    def extract(self, reading: Reading, destination: Path, told: Callable[[str], None]) -> Extracted:
        """Load the file, run the tasks in order and write the result to one Parquet file."""
        declaration, folder = reading.declaration, reading.folder
        made = destination / RAW
        files = _files(declaration, folder)
        with workshop(self._memory) as connection:
            told(f"reading {', '.join(path.name for path in files[:3])}{' …' if len(files) > 3 else ''}")
            _load(connection, declaration, files, reading.mask)
            lock(connection, (*(files if reading.mask.is_empty else ()), unfinished(made)))
            tasks = run_tasks(connection, reading, told)
            rows = write_rows(connection, result_of(connection, declaration, files[0].name), made, files[0].name)
        told(f"{rows:,} rows read")
        return Extracted(parts=(made,), rows=rows, tasks=tasks)

    def sample(self, reading: Reading, rows: int) -> pa.Table:
        """Some of the file's rows, or of its declared or only table, in memory alone; none where a database has several."""
        return sampled(reading.declaration, _files(reading.declaration, reading.folder), rows, self._memory)


def _files(declaration: SourceDeclaration, folder: Path) -> list[Path]:
    """The declared file, or the files of a glob by name. Raises SourceError when there is none of a known kind."""
    declared = Path(declaration.told)
    if declared.suffix not in _SUFFIXES:
        message = f"the source must be a file that ends in {', '.join(_SUFFIXES)}"
        raise SourceError(message, where=declaration.told, remedy="Export the loans to one of these.")
    exact = folder / declared
    if exact.is_file():
        return [exact]
    anchor = Path(declared.anchor) if declared.is_absolute() else folder
    pattern = str(declared.relative_to(anchor)) if declared.is_absolute() else declaration.told
    found = sorted(anchor.glob(pattern)) if any(mark in pattern for mark in "*?[") else []
    if not found:
        raise SourceError("there is no such file", where=str(exact), remedy=_nearest_file(exact))
    return found


def _nearest_file(missing: Path) -> str:
    beside = (
        [path.name for path in missing.parent.glob("*") if path.suffix in _SUFFIXES] if missing.parent.is_dir() else []
    )
    near = get_close_matches(missing.name, beside, n=1)
    if near:
        return f"The nearest name beside it is `{near[0]}`."
    return "`source.file` counts from the folder of the pipeline file."


def _load(
    connection: duckdb.DuckDBPyConnection, declaration: SourceDeclaration, files: Sequence[Path], mask: Mask
) -> None:
    """Make the table or view `source`; where something is masked a table, so that no SQL reaches the raw rows behind it."""
    suffix = files[0].suffix
    if suffix == ".csv":
        load_csv(connection, declaration, files, mask)
    elif suffix == ".parquet":
        _load_parquet(connection, files, mask)
    else:
        _attach(connection, declaration, files[0], mask)


def _load_parquet(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], mask: Mask) -> None:
    rows = f"read_parquet([{', '.join(quoted(str(path)) for path in files)}])"
    where = ", ".join(path.name for path in files)
    try:
        if mask.is_empty:
            connection.execute(f"CREATE VIEW source AS SELECT * FROM {rows}")  # noqa: S608
            connection.execute("SELECT count(*) FROM source")
            return
        types = types_of(connection, rows)
        mask.check(list(types), where)
        with masking(connection, mask, types) as chosen:
            connection.execute(f"CREATE TABLE source AS SELECT {chosen} FROM {rows}")  # noqa: S608
    except duckdb.Error as error:
        remedy = "Write the file again: it may be cut off, or the parts may differ in their columns."
        message = f"this is not readable Parquet ({told_of(error, quoting=mask.is_empty)})"
        raise SourceError(message, where=where, remedy=remedy) from (error if mask.is_empty else None)


def _attach(connection: duckdb.DuckDBPyConnection, declaration: SourceDeclaration, path: Path, mask: Mask) -> None:
    try:
        if mask.is_empty:
            connection.execute(f"ATTACH {quoted(str(path))} AS file (READ_ONLY)")
            tables = tables_of(connection, "file")
        else:
            tables = attach_masked(connection, path, "file", mask, partial(_read_tables, declaration))
    except duckdb.Error as error:
        remedy = "Close the program that has it open for writing, or write the file again."
        message = f"the database cannot be opened ({told_of(error, quoting=mask.is_empty)})"
        raise SourceError(message, where=path.name, remedy=remedy) from (error if mask.is_empty else None)
    wanted = declaration.table if declaration.table in tables or not declaration.tasks else None
    if wanted is None and len(tables) == 1:
        wanted = tables[0]
    if wanted in tables:
        connection.execute(f"CREATE VIEW source AS SELECT * FROM file.{named(wanted)}")  # noqa: S608
    elif not declaration.tasks:
        raise unknown_table(declaration.table, tables, path.name)


def _read_tables(declaration: SourceDeclaration, tables: Sequence[str]) -> list[str]:
    """The named table, the only one, and those whose names are in a task's text."""
    if len(tables) == 1:
        return list(tables)
    text = " ".join(task.sql for task in declaration.tasks).casefold()
    return [table for table in tables if table == declaration.table or table.casefold() in text]
