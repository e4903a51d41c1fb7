"""Rows of files as the table or view `source` of a DuckDB, masked before they touch a disk."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path

import duckdb

from kingmaker.adapters.sources.csv_file import load_csv
from kingmaker.adapters.sources.lakes.listing import Lake, is_lake, lake_of
from kingmaker.adapters.sources.lakes.loading import load_lake
from kingmaker.adapters.sources.masked import attach_masked, masking, told_of, types_of
from kingmaker.adapters.sources.sql import named, quoted, tables_of
from kingmaker.adapters.sources.tasks import unknown_table
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.ports.source import Reading
from kingmaker.privacy.masking import Mask

_SUFFIXES = (".csv", ".parquet", ".duckdb")

Files = Lake | list[Path]


def found(reading: Reading) -> Files:
    """A lake, or the file or files that are declared. Raises SourceError where there is none."""
    if is_lake(reading.declaration.file or "", reading.folder):
        return lake_of(reading)
    return files_of(reading.declaration, reading.folder)


def load(
    connection: duckdb.DuckDBPyConnection, reading: Reading, files: Files, staging: Path, told: Callable[[str], None]
) -> tuple[Path, ...]:
    """Make the table or view `source`, and answer with the files that SQL must still reach for it."""
    if isinstance(files, Lake):
        return load_lake(connection, reading, files, staging, told)
    told(f"reading {', '.join(path.name for path in files[:3])}{' …' if len(files) > 3 else ''}")
    _load(connection, reading.declaration, files, reading.mask)
    return tuple(files) if reading.mask.is_empty else ()


def files_of(declaration: SourceDeclaration, folder: Path) -> list[Path]:
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
    loans = [table for table in tables if table not in {join.table for join in declaration.joins}]
    if wanted is None and len(loans) == 1:
        wanted = loans[0]
    if wanted in tables:
        connection.execute(f"CREATE VIEW source AS SELECT * FROM file.{named(wanted)}")  # noqa: S608
    elif not declaration.tasks:
        raise unknown_table(declaration.table, tables, path.name)


def _read_tables(declaration: SourceDeclaration, tables: Sequence[str]) -> list[str]:
    """The named table, the only one, those that are joined, and those whose names are in a task's text."""
    if len(tables) == 1 or (len(tables) == 1 + len(declaration.joins) and declaration.table is None):
        return list(tables)
    text = " ".join(task.sql for task in declaration.tasks).casefold()
    wanted = {declaration.table, *(join.table for join in declaration.joins)}
    return [table for table in tables if table in wanted or table.casefold() in text]
