"""After the tasks: each declared table is joined to the loans, which stay as many as they are and in their order."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Final

import duckdb

from kingmaker.adapters.sources.joining.moments import moment_of, unread
from kingmaker.adapters.sources.masked import told_of, types_of
from kingmaker.adapters.sources.sql import named, tables_of
from kingmaker.adapters.sources.tasks import unknown_table
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.source import Joined
from kingmaker.ports.source import Reading

_ROW: Final = "kingmaker_row"
_DAY: Final = "kingmaker_day"
_FOUND: Final = "kingmaker_found"
_NUMBERS: Final = ("INT", "DOUBLE", "FLOAT", "DECIMAL")


def join_all(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    relation: str,
    given: Mapping[str, str],
    told: Callable[[str], None],
) -> str:
    """The relation (SQL) of the loans with what is joined; `given` are relations by names that `table` may call them.

    To an application belongs the newest row that was known at its moment, of rows of one moment the last. Raises SourceError.
    """
    joins = reading.declaration.joins
    if not joins:
        return relation
    if reading.applied_at is None:
        raise SourceError(
            "without an application date nobody can tell what was known on its day",
            where="source.joins",
            remedy="Declare `applied_at`.",
        )
    connection.execute(f"CREATE TABLE kingmaker_loans AS SELECT row_number() OVER () AS {_ROW}, * FROM {relation}")  # noqa: S608
    for number, join in enumerate(joins):
        before = "kingmaker_loans" if number == 0 else f"kingmaker_loans_{number - 1}"
        try:
            _join(connection, reading, join, before, (given, f"kingmaker_loans_{number}"), told)
        except duckdb.Error as error:
            quoting = reading.mask.is_empty
            what = f"`{join.table}` cannot be joined ({told_of(error, quoting=quoting)})"
            raise SourceError(what, where="source.joins", remedy="Check its columns.") from (error if quoting else None)
        connection.execute(f"DROP TABLE {before}")
    last = f"kingmaker_loans_{len(joins) - 1}"
    return f"(SELECT * EXCLUDE ({_ROW}) FROM {last} ORDER BY {_ROW})"  # noqa: S608


def _join(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    join: Joined,
    loans: str,
    places: tuple[Mapping[str, str], str],
    told: Callable[[str], None],
) -> None:
    given, made = places
    other = _relation(connection, reading, join, given)
    here, there = types_of(connection, loans), types_of(connection, other)
    _check(join, reading, here, there)
    text_format = reading.declaration.date_format
    applied = moment_of(named(reading.applied_at or ""), here[reading.applied_at or ""], text_format, cut=True)
    known = moment_of(named(join.available_at), there[join.available_at], text_format)
    if wrong := unread(connection, other, join.available_at, known):
        raise SourceError(
            f"`{join.available_at}` must hold dates, but {wrong:,} of its values are none",
            where=f"source.joins, table `{join.table}`",
            remedy="Say their format in `source.date_format`, or turn them into dates in a task.",
        )
    keys = ", ".join(map(named, join.on))
    values = {name: f"{join.prefix}{name}" for name in there if name not in {*join.on, join.available_at}}
    chosen = "".join(f", known.{named(name)} AS {named(called)}" for name, called in values.items())
    same = " AND ".join(f"loan.{named(key)} = known.{named(key)}" for key in join.on)
    connection.execute(
        f"CREATE TABLE {made} AS WITH numbered AS (SELECT *, {known} AS {_DAY}, row_number() OVER () AS {_ROW} FROM {other}), "  # noqa: S608
        f"known AS (SELECT *, true AS {_FOUND} FROM numbered WHERE {_DAY} IS NOT NULL "
        f"QUALIFY row_number() OVER (PARTITION BY {keys}, {_DAY} ORDER BY {_ROW} DESC) = 1), "
        f"loan AS (SELECT *, {applied} AS {_DAY} FROM {loans}) "
        f"SELECT loan.* EXCLUDE ({_DAY}), known.{_FOUND}{chosen} FROM loan "
        f"ASOF LEFT JOIN known ON {same} AND loan.{_DAY} >= known.{_DAY}"
    )
    rows, met = connection.execute(f"SELECT count(*), count({_FOUND}) FROM {made}").fetchone() or (0, 0)  # noqa: S608
    connection.execute(f"ALTER TABLE {made} DROP COLUMN {_FOUND}")
    told(f"joined {join.table}: {met:,} of {rows:,} applications have a row that was known on their day")


def _relation(connection: duckdb.DuckDBPyConnection, reading: Reading, join: Joined, given: Mapping[str, str]) -> str:
    """What a task made goes before what the database holds."""
    made = [table for table in tables_of(connection, "work") if not table.startswith("kingmaker_")]
    if join.table in given:
        return given[join.table]
    if join.table in made:
        return named(join.table)
    held = tables_of(connection, "file")
    if join.table in held:
        return f"file.{named(join.table)}"
    there = dict.fromkeys([*made, *held, *given])
    error = unknown_table(join.table, [table for table in there if table != "source"], "source.joins")
    near = get_close_matches(join.table, there, n=1, cutoff=0.5)
    remedy = (
        f"The nearest is `{near[0]}`." if near else "Name a table that a task makes, or a file beside the source's."
    )
    raise SourceError(error.what, where=f"{error.where} of {reading.declaration.told}", remedy=remedy)


def _check(join: Joined, reading: Reading, here: Mapping[str, str], there: Mapping[str, str]) -> None:
    """Raises SourceError for a column that is not there, for keys that cannot be equal, and for names that both have."""
    for name in (*join.on, reading.applied_at or ""):
        _must_have(name, here, "the loans", join)
    for name in (*join.on, join.available_at):
        _must_have(name, there, f"`{join.table}`", join)
    for key in join.on:
        if _is_number(here[key]) != _is_number(there[key]):
            raise SourceError(
                f"`{key}` is {here[key]} in the loans and {there[key]} in `{join.table}`",
                where="source.joins",
                remedy="Name it in `source.text`, or CAST it in a task.",
            )
    taken = {name.casefold() for name in here}
    for name in there:
        if name not in {*join.on, join.available_at} and f"{join.prefix}{name}".casefold() in taken:
            raise SourceError(
                f"the loans have a column `{join.prefix}{name}` already",
                where=f"source.joins, table `{join.table}`",
                remedy="Say another `prefix`.",
            )


def _must_have(name: str, columns: Mapping[str, str], what: str, join: Joined) -> None:
    if name in columns:
        return
    shown = [column for column in columns if not column.startswith("kingmaker_")]
    near = get_close_matches(name, shown, n=1, cutoff=0.5)
    remedy = f"The nearest column is `{near[0]}`." if near else f"The columns are {', '.join(shown)}."
    raise SourceError(f"`{name}` is no column of {what}", where=f"source.joins, table `{join.table}`", remedy=remedy)


def _is_number(kind: str) -> bool:
    return any(mark in kind for mark in _NUMBERS)
