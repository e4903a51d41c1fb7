"""Every kind of source behind the one port: the declaration says which."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from kingmaker.adapters.sources.files import FileSource
from kingmaker.domain.errors import SourceError
from kingmaker.ports.source import Extracted, Reading, Source


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

    def _source(self, reading: Reading) -> Source:
        declared = reading.declaration
        if declared.file is not None:
            return FileSource(memory=self._memory)
        raise SourceError("this kind of source is not there yet", where=declared.told)
