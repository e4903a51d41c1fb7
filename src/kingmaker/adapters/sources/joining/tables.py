"""What is joined, in DuckDB before the tasks run: files beside the source's, masked as the source is."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import duckdb

from kingmaker.adapters.sources.csv_file import csv_texts
from kingmaker.adapters.sources.loading import Files, found, load
from kingmaker.adapters.sources.masked import types_of
from kingmaker.adapters.sources.sql import named
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.source import SourceDeclaration
from kingmaker.ports.source import Reading

OWN = "kingmaker_"
"""How tables begin that are made here, and that no task sees as its own."""


def joined_readings(reading: Reading) -> dict[str, Reading]:
    """A reading of each file that is joined, by what `table` calls it."""
    declared = reading.declaration
    named_files = {join.table: file for join in declared.joins if (file := declared.file_of(join)) is not None}
    return {
        table: replace(
            reading,
            declaration=declared.model_copy(
                update={"file": file, "joins": (), "tasks": (), "table": None, "partitioned_by": ()}
            ),
            mask=replace(reading.mask, strict=False),
            applied_at=None,
        )
        for table, file in named_files.items()
    }


def tables_beside(declared: SourceDeclaration) -> list[str]:
    """What is joined and that no task makes, each once: it stands in the database."""
    made = " ".join(task.sql for task in declared.tasks)
    return [table for table in dict.fromkeys(join.table for join in declared.joins) if not _is_made(table, made)]


def _is_made(table: str, sql: str) -> bool:
    name = re.escape(table)
    how = r"(or\s+replace\s+)?(temp(orary)?\s+)?(table|view)\s+(if\s+not\s+exists\s+)?"
    return re.search(rf'\bcreate\s+{how}("{name}"|{name}(?![\w.]))', sql, re.IGNORECASE) is not None


def load_joined(
    connection: duckdb.DuckDBPyConnection, reading: Reading, destination: Path, told: Callable[[str], None]
) -> dict[str, str]:
    """The relation (SQL) of each file that is joined, by what `table` calls it. Lakes are staged in the destination."""
    given = {}
    for number, (table, beside) in enumerate(joined_readings(reading).items()):
        if PurePosixPath(beside.declaration.told).suffix == ".duckdb":
            raise SourceError(
                "a database beside the source cannot be joined",
                where=beside.declaration.told,
                remedy="Put the table into the source's own database, or export it to Parquet.",
            )
        files = found(beside)
        given[table] = f"{OWN}joined_{number}"
        load(connection, _with_known_texts(beside, files), files, destination / given[table], told)
        _rename(connection, given[table])
    return given


def _with_known_texts(reading: Reading, files: Files) -> Reading:
    """`source.text` names columns of the loans; those that this file has too are text here as well."""
    declared = reading.declaration
    if not isinstance(files, list) or files[0].suffix != ".csv" or not declared.text:
        return reading
    with duckdb.connect() as connection, csv_texts(files, declared.missing) as relation:
        names = types_of(connection, relation)
    texts = tuple(name for name in declared.text if name in names)
    return replace(reading, declaration=declared.model_copy(update={"text": texts}))


def _rename(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """A table of its own of what was loaded: views over files are of no use once no SQL reaches them."""
    connection.execute(f"CREATE TABLE {named(name)} AS SELECT * FROM source")  # noqa: S608
    kind = connection.execute("SELECT table_type FROM information_schema.tables WHERE table_name = 'source'").fetchone()
    connection.execute(f"DROP {'VIEW' if kind and kind[0] == 'VIEW' else 'TABLE'} source")
