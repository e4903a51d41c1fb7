"""The few pieces of SQL text that DuckDB does not take as parameters."""

import duckdb


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


def named(name: str) -> str:
    """An identifier, whatever its letters."""
    return '"' + name.replace('"', '""') + '"'


def first_line(error: duckdb.Error) -> str:
    """What DuckDB says is wrong, without its hints and the statement."""
    return " ".join(str(error).split("\n\n")[0].split("\nLINE")[0].split()).rstrip(".")


def tables_of(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """Names of the tables and views of an attached database, in order."""
    rows = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_catalog = ? ORDER BY table_name", [database]
    ).fetchall()
    return [row[0] for row in rows]
