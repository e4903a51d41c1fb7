"""What holds a customer, and what was looked through to know: the words that searching and removing share."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from kingmaker.domain.erasure import ErasedKind, Kept
from kingmaker.domain.run import Run
from kingmaker.ports.house import House
from kingmaker.privacy.erased import Finder

MOST_RUNS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """`place` is a digest, a name in the vault, or a path below the home; `rows` are the customer's, 0 where it goes whole."""

    kind: Kept
    place: str
    rows: int = 0
    form: str = ""
    """Of an outcome file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One pipeline searched for one customer. `scanned` counts files and, where there are any, rows that were looked at."""

    house: House
    pipeline: str
    finder: Finder
    files: Counter[Kept] = field(default_factory=Counter)
    rows: Counter[Kept] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)
    """Names of segments, and paths below the home, that are damaged or sealed with a key that is not here."""

    def looked(self, kind: Kept, rows: int = 0) -> None:
        self.files[kind] += 1
        self.rows[kind] += rows

    @property
    def scanned(self) -> tuple[ErasedKind, ...]:
        return tuple(
            ErasedKind(kind=kind, files=self.files[kind], rows=self.rows[kind]) for kind in Kept if self.files[kind]
        )

    def runs(self) -> list[Run]:
        return self.house.ledger.runs(self.pipeline, limit=MOST_RUNS)
