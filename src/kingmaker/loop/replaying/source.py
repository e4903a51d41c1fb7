"""The source of a replay: read once, for every date the same rows, however long reading takes."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from kingmaker.domain.errors import StorageFailed
from kingmaker.loop.reading import abandon
from kingmaker.ports.source import Extracted, Reading, Source

_PARTS: Final = "*.parquet"


@dataclass(frozen=True, slots=True)
class StandingSource:
    """Plays the port `Source` for one declared source, whose rows it keeps in `folder`. `known` is its fingerprint."""

    source: Source
    folder: Path
    known: str
    latest: date = date.max
    """The last day of all dates: whichever of them reads first reads for all."""

    def fingerprint(self, reading: Reading) -> str:
        """As it was when the replay began."""
        del reading
        return self.known

    def extract(self, reading: Reading, destination: Path, told: Callable[[str], None]) -> Extracted:
        """The kept rows, which the first call reads from the source."""
        del destination
        if not self.folder.exists():
            self._read(reading, told)
        parts = tuple(sorted(self.folder.glob(_PARTS)))
        return Extracted(parts=parts, rows=sum(pq.read_metadata(part).num_rows for part in parts), tasks=())

    def _read(self, reading: Reading, told: Callable[[str], None]) -> None:
        """Into a folder of its own, which takes its name when every part is there; of two who read at once one is kept."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder.parent, prefix=f"{self.folder.name}-") as making:
            kept = Path(making) / "kept"
            kept.mkdir()
            try:
                parts = self.source.extract(replace(reading, latest=self.latest), Path(making), told).parts
            finally:
                abandon(self.source, Path(making))
            for number, part in enumerate(parts):
                part.rename(kept / f"{number:05}.parquet")
            with suppress(OSError):
                kept.rename(self.folder)
        if not self.folder.exists():
            raise StorageFailed("the rows of the replay cannot be kept", where=str(self.folder))
