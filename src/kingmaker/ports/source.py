"""The source: where loans come from. It writes one Parquet file of raw rows and says where they came from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kingmaker.pipeline.declaration import SourceDeclaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """`path` holds the raw rows in source order; `rows` counts them; `tasks` are (name, rows or -1, seconds)."""

    path: Path
    rows: int
    tasks: tuple[tuple[str, int, float], ...]


class Source(Protocol):
    def fingerprint(self, declaration: SourceDeclaration, folder: Path) -> str:
        """A digest that changes when the rows may have: of the files' bytes and the tasks' text. Raises SourceError."""

    def extract(
        self, declaration: SourceDeclaration, folder: Path, destination: Path, told: Callable[[str], None]
    ) -> Extracted:
        """Run the tasks in order and write the rows to `destination`. `told` hears one sentence a step.

        Raises SourceError naming file, line, column and row where the technology knows them.
        """
