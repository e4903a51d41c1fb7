"""The source of a replay: read once, for every date the same rows, however long reading takes."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from kingmaker.bundle.files import whole_file
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.ports.source import Extracted, Source


@dataclass(frozen=True, slots=True)
class StandingSource:
    """Plays the port `Source` for one declared source, whose rows it keeps in `file`. `known` is its fingerprint."""

    source: Source
    file: Path
    known: str

    def fingerprint(self, declaration: SourceDeclaration, folder: Path) -> str:
        """As it was when the replay began."""
        del declaration, folder
        return self.known

    def extract(
        self, declaration: SourceDeclaration, folder: Path, destination: Path, told: Callable[[str], None]
    ) -> Extracted:
        """A copy of the kept rows, which the first call reads from the source."""
        if not self.file.exists():
            with whole_file(self.file) as part:
                self.source.extract(declaration, folder, part, told)
        shutil.copyfile(self.file, destination)
        return Extracted(path=destination, rows=pq.read_metadata(self.file).num_rows, tasks=())
