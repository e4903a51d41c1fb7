"""SQL tasks on this machine: an embedded DuckDB over what was read, which is the table `source`."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from kingmaker.adapters.sources.sql import first_line, named, quoted, tables_of
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.declaration import SourceDeclaration, SqlTask
from kingmaker.pipeline.sql_text import PLACEHOLDERS, with_placeholders
from kingmaker.ports.source import Reading

RAW: Final = "raw.parquet"
ROWS_A_GROUP: Final = 122_880
_SCRATCH: Final = "scratch-"
_WRITING = frozenset({duckdb.StatementType.COPY, duckdb.StatementType.EXPORT})
_VARIABLES: Final = {name: f"kingmaker_{name.replace('.', '_')}" for name in PLACEHOLDERS}
_MARKS: Final = {name: f"getvariable('{variable}')" for name, variable in _VARIABLES.items()}
"""Variables and not parameters of a statement: a view keeps no parameters."""


@contextmanager
def workshop(memory: str, folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB for one reading: one thread, rows in their order, spilling to disk beyond `memory`; gone after the block.

    It works in `folder`, where rows belong, so that whoever removes that after a kill leaves no row anywhere; what another call
    left in it goes.
    """
    for left in folder.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=_SCRATCH) as scratch:
        connection = duckdb.connect(str(Path(scratch) / "work.duckdb"))
        try:
            connection.execute(
                "SET enable_progress_bar = false"
            )  # where it thinks a person looks on, it draws on stdout
            connection.execute("SET threads = 1")
            connection.execute("SET preserve_insertion_order = true")
            connection.execute(f"SET memory_limit = {quoted(memory)}")
            connection.execute(f"SET temp_directory = {quoted(str(Path(scratch) / 'spill'))}")
            connection.execute("SET autoinstall_known_extensions = false")
            yield connection
        finally:
            connection.close()


def lock(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """From here on no SQL reaches any other file: tasks read what the fingerprint covers, and nothing else of the machine."""
    paths = ", ".join(quoted(str(path)) for path in files)
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def run_tasks(
    connection: duckdb.DuckDBPyConnection, reading: Reading, told: Callable[[str], None], *, source: str = "The file"
) -> tuple[tuple[str, int, float], ...]:
    """Run the declared tasks in their order: (name, rows or -1, seconds) of each. Raises SourceError naming the task."""
    for name, day in zip(PLACEHOLDERS, (reading.as_of, reading.start, reading.end), strict=True):
        connection.execute(f"SET VARIABLE {_VARIABLES[name]} = $1::DATE", [day])
    return tuple(_run_task(connection, task, told, source) for task in reading.declaration.tasks)


def result_of(connection: duckdb.DuckDBPyConnection, declaration: SourceDeclaration, where: str) -> str:
    """The relation (SQL) that holds the loans after the tasks: `source` without any. Raises SourceError where none does."""
    if not declaration.tasks:
        return "source"
    made = tables_of(connection, "work")
    wanted = declaration.table or "loans"
    if wanted not in made and declaration.database is not None:
        wanted = "loans"  # `table` said what to read
    if wanted not in made:
        raise unknown_table(
            wanted, [table for table in made if table != "source"], f"task `{declaration.tasks[-1].name}` over {where}"
        )
    return named(wanted)


def unknown_table(wanted: str | None, tables: Sequence[str], where: str) -> SourceError:
    """There is no such table among `tables`."""
    listed = ", ".join(f"`{table}`" for table in tables) or "no table at all"
    what = f"there is no table `{wanted}`; there is {listed}" if wanted else f"the database holds {listed}"
    return SourceError(what, where=where, remedy="Name one of them in `source.table`.")


def write_rows(connection: duckdb.DuckDBPyConnection, relation: str, made: Path, where: str) -> int:
    """Write a relation (SQL) to the file `made`, whole or not at all, and count its rows. Raises SourceError for none."""
    target = quoted(str(unfinished(made)))
    try:
        answer = connection.execute(
            f"COPY (SELECT * FROM {relation}) TO {target} "  # noqa: S608
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_A_GROUP}, USE_TMP_FILE false)"
        ).fetchone()
    except duckdb.Error as error:
        message = f"the rows could not be read ({first_line(error)})"
        raise SourceError(message, where=where, remedy="Check the file and the tasks.") from error
    rows = int(answer[0]) if answer else 0
    if rows == 0:
        raise SourceError("the source holds no rows", where=where, remedy="Check the file and the tasks' conditions.")
    finish(made)
    return rows


def unfinished(path: Path) -> Path:
    """Where a file is written before it takes its name."""
    return path.with_name(f"{path.name}.unfinished")


def finish(path: Path) -> None:
    """Give a file that was written whole its name, as lasting as the disk makes it."""
    with unfinished(path).open("rb+") as file:
        os.fsync(file.fileno())
    unfinished(path).rename(path)


def _run_task(
    connection: duckdb.DuckDBPyConnection, task: SqlTask, told: Callable[[str], None], source: str
) -> tuple[str, int, float]:
    told(f"task {task.name}")
    started = time.monotonic()
    where = f"task `{task.name}`"
    try:
        sql = with_placeholders(task.sql, _MARKS)
        _refuse_writing(connection, sql, where)
        answer = connection.execute(sql).fetchone()
    except ValueError as error:
        raise SourceError(str(error), where=where, remedy="Correct `source.tasks`.") from None
    except duckdb.PermissionException as error:
        message = f"the SQL reaches beyond the source's own file ({first_line(error)})"
        remedy = "Only the rows of the source can be read: write what else is needed into it."
        raise SourceError(message, where=where, remedy=remedy) from error
    except duckdb.Error as error:
        message = f"the SQL failed ({first_line(error)})"
        remedy = f"{source} is the table `source`; earlier tasks' tables go by the names they were created under."
        raise SourceError(message, where=where, remedy=remedy) from error
    rows = answer[0] if answer and isinstance(answer[0], int) else -1
    return task.name, rows, time.monotonic() - started


def _refuse_writing(connection: duckdb.DuckDBPyConnection, sql: str, where: str) -> None:
    statements = connection.extract_statements(sql)
    if any(statement.type in _WRITING for statement in statements):
        raise SourceError(
            "the SQL writes files, which no task may",
            where=where,
            remedy="Make a table or a view instead.",
        )
