"""Loans from files: CSV, Parquet or a DuckDB database, one or a lake of them, with SQL tasks over them."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

from kingmaker.adapters.sources.joining.flow import join_all
from kingmaker.adapters.sources.joining.tables import joined_readings, load_joined
from kingmaker.adapters.sources.lakes.listing import Lake
from kingmaker.adapters.sources.lakes.parquet import rows_of, stage_parquet
from kingmaker.adapters.sources.loading import Files, found, load
from kingmaker.adapters.sources.sample import sampled
from kingmaker.adapters.sources.tasks import RAW, lock, result_of, run_tasks, unfinished, workshop, write_rows
from kingmaker.domain.errors import SourceError
from kingmaker.ports.source import Extracted, Reading

_STAGED: Final = "lake"


class FileSource:
    """Reads files with an embedded DuckDB: one thread, rows in the files' order, spilling to disk beyond `memory`.

    Stateless between calls; plays the port `Source`.
    """

    def __init__(self, *, memory: str = "2GB") -> None:
        self._memory = memory

    def fingerprint(self, reading: Reading) -> str:
        """SHA-256 over everything declared, and the files' names and bytes; of a lake their names, sizes and marks instead."""
        facts = reading.declaration.model_dump(mode="json")
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
        for one in (reading, *joined_readings(reading).values()):
            for fact in _facts(found(one)):
                digest.update(fact)
        return digest.hexdigest()

    def extract(self, reading: Reading, destination: Path, told: Callable[[str], None]) -> Extracted:
        """Load the files, run the tasks in order, join, and write the result to one Parquet file.

        What of a lake was staged in the destination by a call that did not come to its end is not read again.
        """
        declaration = reading.declaration
        files = found(reading)
        if isinstance(files, Lake) and files.suffix == ".parquet" and not (declaration.tasks or declaration.joins):
            return _as_staged(files, reading, destination / _STAGED, told)
        made, where = destination / RAW, _called(files, declaration.told)
        with workshop(self._memory, destination) as connection:
            given = load_joined(connection, reading, destination, told)
            needed = load(connection, reading, files, destination / _STAGED, told)
            lock(connection, (*needed, unfinished(made)))
            tasks = run_tasks(connection, reading, told)
            relation = join_all(connection, reading, result_of(connection, declaration, where), given, told)
            rows = write_rows(connection, relation, made, where)
        told(f"{rows:,} rows read")
        return Extracted(parts=(made,), rows=rows, tasks=tasks)

    def sample(self, reading: Reading, rows: int) -> pa.Table:
        """Some of the file's rows, or of its declared or only table, in memory alone; none where a database has several."""
        files = found(reading)
        if isinstance(files, Lake):
            what = "only a file is looked at before its columns are declared, not a folder or a URL"
            raise SourceError(what, where=reading.declaration.told, remedy="Name one of its files.")
        return sampled(reading.declaration, files, rows, self._memory)


def _as_staged(lake: Lake, reading: Reading, staging: Path, told: Callable[[str], None]) -> Extracted:
    parts = stage_parquet(lake, reading.mask, staging, told)
    rows = rows_of(parts)
    if rows == 0:
        raise SourceError("the source holds no rows", where=reading.declaration.told, remedy="Check the files.")
    told(f"{rows:,} rows read")
    return Extracted(parts=parts, rows=rows, tasks=())


def _called(files: Files, declared: str) -> str:
    return declared if isinstance(files, Lake) else files[0].name


def _facts(files: Files) -> Iterator[bytes]:
    if isinstance(files, Lake):
        for piece in files.pieces:
            yield json.dumps([piece.found.name, piece.found.size, piece.found.mark]).encode()
        return
    for path in files:
        yield path.name.encode()
        with path.open("rb") as file:
            yield hashlib.file_digest(file, "sha256").digest()
