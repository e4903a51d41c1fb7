"""Some rows of a file, in memory alone: what is looked at before anybody has said which columns hold personal data."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from kingmaker.adapters.sources.csv_file import csv_texts
from kingmaker.adapters.sources.masked import told_of
from kingmaker.adapters.sources.sql import named, quoted, tables_of
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.declaration import SourceDeclaration

_SEED = 1


def sampled(declaration: SourceDeclaration, files: Sequence[Path], rows: int, memory: str) -> pa.Table:
    """At most `rows` rows from all over the files, the same each time. Raises SourceError, which tells no value."""
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET threads = 1")
        connection.execute("SET temp_directory = ''")
        connection.execute(f"SET memory_limit = {quoted(memory)}")
        if files[0].suffix == ".csv":
            with csv_texts(files, declaration.missing) as texts:
                return _some(connection, texts, rows)
        relation = _relation(connection, declaration, files)
        return _some(connection, relation, rows) if relation else pa.table({})
    except duckdb.Error as error:
        what = f"the file cannot be read ({told_of(error, quoting=False)})"
        remedy = "Write it again: it may be cut off, or open for writing elsewhere."
        raise SourceError(what, where=", ".join(path.name for path in files), remedy=remedy) from None
    finally:
        connection.close()


def _some(connection: duckdb.DuckDBPyConnection, relation: str, rows: int) -> pa.Table:
    chosen = f"SELECT * FROM {relation} USING SAMPLE reservoir({rows} ROWS) REPEATABLE ({_SEED})"  # noqa: S608
    return connection.sql(chosen).to_arrow_table()


def _relation(
    connection: duckdb.DuckDBPyConnection, declaration: SourceDeclaration, files: Sequence[Path]
) -> str | None:
    if files[0].suffix == ".parquet":
        return f"read_parquet([{', '.join(quoted(str(path)) for path in files)}])"
    connection.execute(f"ATTACH {quoted(str(files[0]))} AS file (READ_ONLY)")
    tables = tables_of(connection, "file")
    only = tables[0] if len(tables) == 1 else None
    wanted = declaration.table if declaration.table in tables else only
    return None if wanted is None else f"file.{named(wanted)}"
