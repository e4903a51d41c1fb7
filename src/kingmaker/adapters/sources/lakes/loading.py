"""A lake as the table or view `source`: of Parquet parts, or of CSV files whose types are found over all of them."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from kingmaker.adapters.sources.csv_file import load_csv
from kingmaker.adapters.sources.lakes.listing import Lake
from kingmaker.adapters.sources.lakes.parquet import stage_parquet
from kingmaker.adapters.sources.lakes.texts import stage_csv
from kingmaker.adapters.sources.sql import quoted
from kingmaker.domain.errors import SourceError
from kingmaker.ports.source import Reading


def load_lake(
    connection: duckdb.DuckDBPyConnection, reading: Reading, lake: Lake, staging: Path, told: Callable[[str], None]
) -> tuple[Path, ...]:
    """Answers with the files that SQL must still reach."""
    if lake.suffix == ".parquet":
        parts = stage_parquet(lake, reading.mask, staging, told)
        listed = ", ".join(quoted(str(part)) for part in parts)
        connection.execute(f"CREATE VIEW source AS SELECT * FROM read_parquet([{listed}])")  # noqa: S608
        return parts
    parts = stage_csv(lake, reading.mask, reading.declaration.missing, staging, told)
    texts = dict.fromkeys((*reading.declaration.text, *reading.mask.pii.pseudonymise))
    names = {part.name: piece.found.name for part, piece in zip(parts, lake.pieces, strict=True)}
    try:
        load_csv(
            connection,
            reading.declaration.model_copy(update={"text": tuple(texts)}),
            parts,
            quoting=reading.mask.is_empty,
        )
    except SourceError as error:
        raise _of_the_lake(error, names) from None
    return ()


def _of_the_lake(error: SourceError, names: dict[str, str]) -> SourceError:
    """With the file's own name where that of its copy stands."""
    where = error.where
    for staged, name in names.items():
        where = where.replace(staged, name)
    return SourceError(error.what, where=where, remedy=error.remedy)
