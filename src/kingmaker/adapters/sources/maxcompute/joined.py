"""Tables that the declaration joins come down too, and belong to the loans as they were known on their days."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from kingmaker.adapters.sources.joining.flow import join_all
from kingmaker.adapters.sources.maxcompute.download import bring_down
from kingmaker.adapters.sources.maxcompute.project import Project
from kingmaker.adapters.sources.sql import first_line, quoted
from kingmaker.bundle.files import whole_file
from kingmaker.domain.errors import SourceError
from kingmaker.ports.source import Reading


def join_down(
    project: Project, loans: Sequence[Path], reading: Reading, folder: Path, told: Callable[[str], None]
) -> Path:
    """One file with the loans and what is joined. Every partition of a joined table is read: what was known may be old."""
    whole = replace(project, declared=project.declared.model_copy(update={"partition": None}))
    given = {}
    for number, table in enumerate(dict.fromkeys(join.table for join in reading.declaration.joins)):
        place = folder / f"joined-{number}"
        place.mkdir(exist_ok=True)
        given[table] = _relation(bring_down(whole, table, reading, place, told))
    made = folder / "joined.parquet"
    with whole_file(made) as part, duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"SET temp_directory = {quoted(str(folder / 'spill'))}")
        try:
            relation = join_all(connection, reading, _relation(loans), given, told)
            rows = f"(SELECT * FROM {relation})"  # noqa: S608
            connection.execute(f"COPY {rows} TO {quoted(str(part))} (FORMAT parquet, COMPRESSION zstd)")
        except duckdb.Error as error:
            what = first_line(error) if reading.mask.is_empty else type(error).__name__
            raise SourceError(f"the tables cannot be joined ({what})", where="source.joins") from None
    return made


def _relation(parts: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(quoted(str(part)) for part in parts)}])"
