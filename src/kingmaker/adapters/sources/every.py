"""Every kind of source behind the one port: the declaration says which."""

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from kingmaker.adapters.sources.databases.source import DatabaseSource
from kingmaker.adapters.sources.files import FileSource
from kingmaker.adapters.sources.maxcompute.record import flow_of
from kingmaker.domain.errors import SourceError
from kingmaker.ports.source import Extracted, Reading, Source

if TYPE_CHECKING:
    from kingmaker.adapters.sources.maxcompute.source import MaxComputeSource


class EverySource:
    """Plays the port `Source` by the technology that a declaration names. Drivers are loaded when they are needed."""

    def __init__(self, *, memory: str = "2GB") -> None:
        self._memory = memory

    def fingerprint(self, reading: Reading) -> str:
        return self._source(reading).fingerprint(reading)

    def extract(self, reading: Reading, destination: Path, told: Callable[[str], None]) -> Extracted:
        return self._source(reading).extract(reading, destination, told)

    def sample(self, reading: Reading, rows: int) -> pa.Table:
        if reading.declaration.file is None:
            raise SourceError("only files are looked at before they are declared", where=reading.declaration.told)
        return FileSource(memory=self._memory).sample(reading, rows)

    def abandon(self, destination: Path) -> None:
        if flow_of(destination) is not None:
            with suppress(SourceError):
                _maxcompute("").abandon(destination)

    def _source(self, reading: Reading) -> Source:
        declared = reading.declaration
        if declared.file is not None:
            return FileSource(memory=self._memory)
        if declared.database is not None:
            return DatabaseSource(memory=self._memory)
        return _maxcompute(declared.told)


def _maxcompute(where: str) -> "MaxComputeSource":
    """PyODPS is an extra of its own, and takes seconds to load."""
    try:
        made: MaxComputeSource = import_module("kingmaker.adapters.sources.maxcompute.source").MaxComputeSource()
    except ModuleNotFoundError as error:
        if error.name != "odps":
            raise
        raise SourceError(
            "reading from MaxCompute needs the package pyodps, which is not installed",
            where=where,
            remedy="Run pip install 'kingmaker[maxcompute]'.",
        ) from None
    return made
