"""Moments as SQL: dates, timestamps and text alike, so that what was known can be held against what was applied for."""

import duckdb

from kingmaker.adapters.sources.sql import named, quoted


def moment_of(column: str, kind: str, date_format: str | None, *, cut: bool = False) -> str:
    """A TIMESTAMP of a column (SQL); a day is its first moment, a moment with a zone is in UTC; null for what is no date.

    `cut`: of a text that is no date but begins with one, its day.
    """
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"make_timestamp(epoch_us({column}))"
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return f"CAST({column} AS TIMESTAMP)"
    if kind != "VARCHAR":
        return "CAST(NULL AS TIMESTAMP)"
    text = f"trim({column})"
    if date_format is not None:
        return f"CAST(try_strptime({text}, {quoted(date_format)}) AS TIMESTAMP)"
    whole = f"try_cast({text} AS TIMESTAMP)"
    return f"coalesce({whole}, try_cast(left({text}, 10) AS TIMESTAMP))" if cut else whole


def unread(connection: duckdb.DuckDBPyConnection, relation: str, column: str, moment: str) -> int:
    """How many values of a column are neither missing nor a moment."""
    filled = f"{named(column)} IS NOT NULL AND trim(CAST({named(column)} AS VARCHAR)) <> ''"
    counted = f"SELECT count(*) FROM {relation} WHERE {filled} AND {moment} IS NULL"  # noqa: S608
    return int((connection.execute(counted).fetchone() or (0,))[0])
