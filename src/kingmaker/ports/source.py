"""The source: where loans come from. It writes Parquet files of masked raw rows and says where they came from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol, runtime_checkable

import pyarrow as pa

from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.privacy.masking import Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of a source: what is declared, where, and for which days.

    `folder` is where relative paths of `declaration` count from. `as_of`, `start` and `end` stand for `{{ as_of }}`,
    `{{ window.start }}` and `{{ window.end }}`. `applied_at` is the column of application dates; no application before
    `earliest` or after `latest` matters. `occasion` names the run (or whatever reads): a source whose rows may change at any
    moment is read once an occasion. Nothing that `mask` hides may reach a disk, a log or an error.
    """

    declaration: SourceDeclaration
    folder: Path
    as_of: date
    start: date = date.min
    end: date = date.max
    earliest: date = date.min
    latest: date = date.max
    applied_at: str | None = None
    occasion: str = ""
    mask: Mask = field(default_factory=Mask)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """`parts` hold the raw rows in source order; `rows` counts them; `tasks` are (name, rows or -1, seconds)."""

    parts: tuple[Path, ...]
    rows: int
    tasks: tuple[tuple[str, int, float], ...]


class Source(Protocol):
    def fingerprint(self, reading: Reading) -> str:
        """A digest that changes when the rows may have: of the files' bytes and the tasks' text. Raises SourceError."""

    def extract(self, reading: Reading, destination: Path, told: Callable[[str], None]) -> Extracted:
        """Run the tasks in order and write the rows to files in the folder `destination`. `told` hears one sentence a step.

        What an earlier call for the same reading left in the folder, when it was killed, may be gone on with. Raises
        SourceError naming file, line, column and row where the technology knows them.
        """


@runtime_checkable
class Sampled(Protocol):
    """A source that can be looked at before anybody has declared which of its columns hold personal data."""

    def sample(self, reading: Reading, rows: int) -> pa.Table:
        """At most so many of the declared rows, the same each time, as text; in memory alone: nothing reaches a disk.

        Raises SourceError, which tells no value.
        """


@runtime_checkable
class WorksElsewhere(Protocol):
    """A source whose work goes on in another system when whoever asked for it is gone."""

    def abandon(self, destination: Path) -> None:
        """Stop what a call of `extract` with this folder left at work there, if anything. Takes seconds, raises nothing.

        Only for what nobody will go on with: the run is over, or its folder goes.
        """
