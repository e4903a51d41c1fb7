"""Loans from a file: CSV, Parquet or a DuckDB database, with SQL tasks over it."""

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path

import duckdb

from kingmaker.adapters.sources.csv_file import load_csv
from kingmaker.adapters.sources.masked import attach_masked, masking, told_of, types_of
from kingmaker.adapters.sources.sql import first_line, named, quoted, tables_of
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.declaration import SourceDeclaration, SqlTask
from kingmaker.ports.source import Extracted, Reading
from kingmaker.privacy.masking import Mask

_SUFFIXES = (".csv", ".parquet", ".duckdb")
_WRITING = frozenset({duckdb.StatementType.COPY, duckdb.StatementType.EXPORT})


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
        made = destination / "raw.parquet"
        files = _files(declaration, folder)
        with tempfile.TemporaryDirectory(prefix="kingmaker-source-") as scratch:
            connection = self._connect(Path(scratch))
            try:
                told(f"reading {', '.join(path.name for path in files[:3])}{' …' if len(files) > 3 else ''}")
                _load(connection, declaration, files, reading.mask)
                _lock(connection, (*(files if reading.mask.is_empty else ()), made))
                tasks = tuple(_run_task(connection, task, told) for task in declaration.tasks)
                rows = _write(connection, _result(connection, declaration, files), made, files[0].name)
            finally:
                connection.close()
        told(f"{rows:,} rows read")
        return Extracted(parts=(made,), rows=rows, tasks=tasks)

    def _connect(self, scratch: Path) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(scratch / "work.duckdb"))
        connection.execute("SET enable_progress_bar = false")  # where it thinks a person looks on, it draws on stdout
        connection.execute("SET threads = 1")
        connection.execute("SET preserve_insertion_order = true")
        connection.execute(f"SET memory_limit = {quoted(self._memory)}")
        connection.execute(f"SET temp_directory = {quoted(str(scratch / 'spill'))}")
        connection.execute("SET autoinstall_known_extensions = false")
        return connection


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
        message = f"this is not readable Parquet ({told_of(error, mask)})"
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
        message = f"the database cannot be opened ({told_of(error, mask)})"
        raise SourceError(message, where=path.name, remedy=remedy) from (error if mask.is_empty else None)
    wanted = declaration.table if declaration.table in tables or not declaration.tasks else None
    if wanted is None and len(tables) == 1:
        wanted = tables[0]
    if wanted in tables:
        connection.execute(f"CREATE VIEW source AS SELECT * FROM file.{named(wanted)}")  # noqa: S608
    elif not declaration.tasks:
        raise _unknown_table(declaration.table, tables, path.name)


def _read_tables(declaration: SourceDeclaration, tables: Sequence[str]) -> list[str]:
    """The named table, the only one, and those whose names are in a task's text."""
    if len(tables) == 1:
        return list(tables)
    text = " ".join(task.sql for task in declaration.tasks).casefold()
    return [table for table in tables if table == declaration.table or table.casefold() in text]


def _unknown_table(wanted: str | None, tables: Sequence[str], where: str) -> SourceError:
    listed = ", ".join(f"`{table}`" for table in tables) or "no table at all"
    what = f"there is no table `{wanted}`; there is {listed}" if wanted else f"the database holds {listed}"
    return SourceError(what, where=where, remedy="Name one of them in `source.table`.")


def _lock(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """From here on no SQL reaches any other file: tasks read what the fingerprint covers, and nothing else of the machine."""
    paths = ", ".join(quoted(str(path)) for path in files)
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _refuse_writing(connection: duckdb.DuckDBPyConnection, task: SqlTask) -> None:
    statements = connection.extract_statements(task.sql)
    if any(statement.type in _WRITING for statement in statements):
        raise SourceError(
            "the SQL writes files, which no task may",
            where=f"task `{task.name}`",
            remedy="Make a table or a view instead.",
        )


def _run_task(
    connection: duckdb.DuckDBPyConnection, task: SqlTask, told: Callable[[str], None]
) -> tuple[str, int, float]:
    told(f"task {task.name}")
    started = time.monotonic()
    try:
        _refuse_writing(connection, task)
        answer = connection.execute(task.sql).fetchone()
    except duckdb.PermissionException as error:
        message = f"the SQL reaches beyond the source's own file ({first_line(error)})"
        remedy = "Only the rows of `source.file` can be read: write what else is needed into that file."
        raise SourceError(message, where=f"task `{task.name}`", remedy=remedy) from error
    except duckdb.Error as error:
        message = f"the SQL failed ({first_line(error)})"
        remedy = "The file is the table `source`; earlier tasks' tables go by the names they were created under."
        raise SourceError(message, where=f"task `{task.name}`", remedy=remedy) from error
    rows = answer[0] if answer and isinstance(answer[0], int) else -1
    return task.name, rows, time.monotonic() - started


def _result(connection: duckdb.DuckDBPyConnection, declaration: SourceDeclaration, files: Sequence[Path]) -> str:
    """The relation that holds the loans."""
    if not declaration.tasks:
        return "source"
    wanted = declaration.table or "loans"
    made = tables_of(connection, "work")
    if wanted not in made:
        where = f"task `{declaration.tasks[-1].name}` over {files[0].name}"
        raise _unknown_table(wanted, [table for table in made if table != "source"], where)
    return named(wanted)


def _write(connection: duckdb.DuckDBPyConnection, relation: str, destination: Path, where: str) -> int:
    target = quoted(str(destination))
    try:
        answer = connection.execute(
            f"COPY (SELECT * FROM {relation}) TO {target} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"  # noqa: S608
        ).fetchone()
    except duckdb.Error as error:
        message = f"the rows could not be read ({first_line(error)})"
        raise SourceError(message, where=where, remedy="Check the file and the tasks.") from error
    rows = int(answer[0]) if answer else 0
    if rows == 0:
        raise SourceError("the source holds no rows", where=where, remedy="Check the file and the tasks' conditions.")
    return rows
