"""The mask while DuckDB loads: raw values stand in memory only, tables have pseudonyms, dropped columns do not exist."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from kingmaker.adapters.sources.sql import first_line, named, quoted
from kingmaker.privacy.masking import Mask

_RAW = "kingmaker_raw"
_FUNCTION = "kingmaker_pseudonym"


@contextmanager
def masking(connection: duckdb.DuckDBPyConnection, mask: Mask, types: Mapping[str, str]) -> Iterator[str]:
    """What to write between SELECT and FROM: `*`, or all columns but the dropped ones, with pseudonyms for the others.

    `types` are the SQL types of the relation's columns. Inside the block nothing spills to disk, and the functions that make
    pseudonyms are known; afterwards no SQL can make any.
    """
    if mask.is_empty:
        yield "*"
        return
    mask.prepare()
    dropped = [name for name in mask.pii.drop if name in types]
    hidden = {name: f"{_FUNCTION}_{number}" for number, name in enumerate(mask.pii.pseudonymise) if name in types}
    for name, function in hidden.items():
        kind = duckdb.sqltype(types[name])
        connection.create_function(
            function, _in_chunks(mask), [kind], duckdb.sqltype("VARCHAR"), type="arrow", null_handling="special"
        )
    spill = connection.execute("SELECT current_setting('temp_directory')").fetchone() or ("",)
    connection.execute("SET temp_directory = ''")
    try:
        yield _columns(dropped, hidden)
    finally:
        connection.execute(f"SET temp_directory = {quoted(spill[0])}")
        for function in hidden.values():
            connection.remove_function(function)


def types_of(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """The columns of a relation (SQL) in their order, with their types."""
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}  # noqa: S608


def told_of(error: duckdb.Error, *, quoting: bool) -> str:
    """What DuckDB says is wrong; only its kind where no value may be quoted."""
    return first_line(error) if quoting else first_line(error).partition(":")[0]


def attach_masked(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    alias: str,
    mask: Mask,
    wanted: Callable[[Sequence[str]], Sequence[str]],
) -> list[str]:
    """Attach a masked copy of a DuckDB file, beside the connection's own, of the `wanted` of its tables and views.

    Answers with the names of all. Raises SourceError where a column to be masked is in none of them, and duckdb.Error.
    """
    connection.execute(f"ATTACH {quoted(str(path))} AS {_RAW} (READ_ONLY)")
    tables = _tables(connection)
    names = [table for _, table in tables]
    copied = [place for place in tables if place[1] in wanted(names)]
    types = {(schema, table): types_of(connection, _place(_RAW, schema, table)) for schema, table in copied}
    if types:
        mask.check(list(dict.fromkeys(name for columns in types.values() for name in columns)), path.name)
    connection.execute(f"ATTACH {quoted(str(_beside(connection, alias)))} AS {named(alias)}")
    for (schema, table), columns in types.items():
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {named(alias)}.{named(schema)}")
        with masking(connection, mask, columns) as chosen:
            target, source = _place(alias, schema, table), _place(_RAW, schema, table)
            connection.execute(f"CREATE TABLE {target} AS SELECT {chosen} FROM {source}")  # noqa: S608
    connection.execute(f"DETACH {_RAW}")
    return names


def _columns(dropped: list[str], hidden: Mapping[str, str]) -> str:
    text = "*"
    if dropped:
        text += f" EXCLUDE ({', '.join(map(named, dropped))})"
    if hidden:
        text += f" REPLACE ({', '.join(f'{function}({named(name)}) AS {named(name)}' for name, function in hidden.items())})"
    return text


def _in_chunks(mask: Mask) -> Callable[[pa.ChunkedArray], pa.Array]:
    def pseudonyms(values: pa.ChunkedArray) -> pa.Array:
        return mask.pseudonyms(values.combine_chunks())

    return pseudonyms


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    rows = connection.execute(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = ? ORDER BY ALL", [_RAW]
    ).fetchall()
    return [(schema, table) for schema, table in rows]


def _place(database: str, schema: str, table: str) -> str:
    return ".".join(map(named, (database, schema, table)))


def _beside(connection: duckdb.DuckDBPyConnection, alias: str) -> Path:
    row = connection.execute("SELECT path FROM duckdb_databases() WHERE database_name = current_database()").fetchone()
    return Path(row[0] if row else "").with_name(f"masked-{alias}.duckdb")
