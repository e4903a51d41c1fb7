"""A SQL database as a source: read in one transaction, masked, staged, and worked on by the tasks on this machine."""

import hashlib
import json
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Final, Protocol

import pyarrow as pa

from kingmaker.adapters.sources.databases.address import Address
from kingmaker.adapters.sources.databases.faults import ConnectionLost, Refused, refusal
from kingmaker.adapters.sources.databases.staging import stage, staged
from kingmaker.adapters.sources.joining.flow import join_all
from kingmaker.adapters.sources.joining.tables import tables_beside
from kingmaker.adapters.sources.sql import quoted
from kingmaker.adapters.sources.tasks import RAW, lock, result_of, run_tasks, unfinished, workshop, write_rows
from kingmaker.domain.errors import SourceError
from kingmaker.ports.source import Extracted, Reading
from kingmaker.privacy.secrets import secret_of

PAUSES: Final = (1.0, 5.0, 20.0)
"""Seconds before a reading whose connection broke begins again."""
_ROOM: Final = "kingmaker.adapters.sources.databases"


class _Technology(Protocol):
    def batches(self, address: Address, reading: Reading, told: Callable[[str], None]) -> Generator[pa.RecordBatch]: ...


class DatabaseSource:
    """Reads PostgreSQL, MySQL, MariaDB and what else SQLAlchemy speaks to, in memory that the rows' number does not change.

    Stateless between calls; plays the port `Source`.
    """

    def __init__(self, *, memory: str = "2GB", pauses: Sequence[float] = PAUSES) -> None:
        self._memory = memory
        self._pauses = tuple(pauses)

    def fingerprint(self, reading: Reading) -> str:
        """SHA-256 over the declaration, the days and the occasion: rows may change at any moment, so none is read for it."""
        facts = (
            reading.declaration.model_dump(mode="json"),
            *(day.isoformat() for day in (reading.as_of, reading.start, reading.end)),
            reading.occasion,
        )
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def extract(self, reading: Reading, destination: Path, told: Callable[[str], None]) -> Extracted:
        """Read the rows into Parquet parts, unless they stand in `destination` from before; run the tasks, and join."""
        before = staged(destination)
        if before:
            told(f"{before[1]:,} rows were read before the run broke off")
        parts, rows = before or self._read(reading, destination, told)
        if not (reading.declaration.tasks or reading.declaration.joins):
            return Extracted(parts=parts, rows=rows, tasks=())
        others = self._joined(reading, destination, told)
        made = destination / RAW
        where = reading.declaration.told
        with workshop(self._memory, destination) as connection:
            lock(connection, (*parts, *chain.from_iterable(others.values()), unfinished(made)))
            connection.execute(f"CREATE VIEW source AS SELECT * FROM {_rows_of(parts)}")  # noqa: S608
            tasks = run_tasks(connection, reading, told, source="What was read")
            given = {table: _rows_of(files) for table, files in others.items()}
            relation = join_all(connection, reading, result_of(connection, reading.declaration, where), given, told)
            rows = write_rows(connection, relation, made, where)
        told(f"{rows:,} rows after the tasks")
        return Extracted(parts=(made,), rows=rows, tasks=tasks)

    def _joined(self, reading: Reading, destination: Path, told: Callable[[str], None]) -> dict[str, tuple[Path, ...]]:
        """The parts of each table that is joined and that no task makes."""
        parts = {}
        for number, table in enumerate(tables_beside(reading.declaration)):
            place = destination / f"joined-{number}"
            place.mkdir(exist_ok=True)
            alone = {"table": table, "query": None, "tasks": (), "joins": ()}
            asked = replace(
                reading,
                declaration=reading.declaration.model_copy(update=alone),
                mask=replace(reading.mask, strict=False),
            )
            parts[table] = (staged(place) or self._read(asked, place, told))[0]
        return parts

    def _read(self, reading: Reading, destination: Path, told: Callable[[str], None]) -> tuple[tuple[Path, ...], int]:
        """In one transaction; when its connection breaks, all of it again in another one."""
        reference = reading.declaration.database or ""
        address = Address.of(secret_of(reference), reference)
        technology = _technology(address)
        reading.mask.prepare()
        what = reading.declaration.table if reading.declaration.query is None else "the query"
        told(f"reading {what} of {reading.declaration.told}")
        broken = ""
        for pause in (*self._pauses, None):
            try:
                with closing(technology.batches(address, reading, told)) as batches:
                    parts, rows = stage(map(reading.mask.apply, batches), destination)
                break
            except Refused as error:
                if not broken or pause is None:
                    raise refusal(
                        address, error.said, "Check the URL and that the server lets this machine in."
                    ) from None
                broken = error.said
            except ConnectionLost as error:
                if pause is None:
                    raise _given_up(address, error.said, len(self._pauses) + 1) from None
                broken = error.said
            told(f"the connection broke ({broken}); reading begins again in {pause:g} s")
            time.sleep(pause)
        if rows == 0:
            raise SourceError(
                "the database gave no rows",
                where=reading.declaration.told,
                remedy="Check the table, or the conditions of the query.",
            )
        told(f"{rows:,} rows read")
        return parts, rows


def _rows_of(parts: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(quoted(str(part)) for part in parts)}])"


def _given_up(address: Address, said: str, times: int) -> SourceError:
    return SourceError(
        f"the connection broke {times} times while rows were read; the database says: {said}",
        where=address.reference,
        remedy="Run again when the server and the network hold.",
    )


def _technology(address: Address) -> _Technology:
    """Drivers are extras of their own, and take time to load."""
    try:
        found: _Technology = import_module(f"{_ROOM}.{'postgresql' if address.dialect == 'postgresql' else 'other'}")
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("adbc"):
            raise
        raise SourceError(
            "reading PostgreSQL needs the package adbc-driver-postgresql, which is not installed",
            where=address.reference,
            remedy="Run pip install 'kingmaker[databases]'.",
        ) from None
    return found
