"""Erasures: one customer's rows taken out of everything that is kept, and what is kept of that."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kept(StrEnum):
    """What rows of a customer lie in."""

    PART = "snapshot part"
    MATRIX = "matrix"
    """Rows laid out for trials and refits. It goes whole: without the snapshot's rows its own mean nothing."""
    OUTCOMES = "outcome file"
    SEGMENT = "segment of answers"
    WORKSPACE = "workspace"
    """What unfinished runs have read. It goes whole, and a run that is taken up again reads anew."""
    REPLAY = "replay"
    """A replay's own home. It goes whole, and the same replay begins anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Keyed hashes of a customer and of their applications: they find rows, and tell nobody who it was.

    A customer has two: of the identifier as it is, and of its pseudonym.
    """

    customers: tuple[str, ...]
    applications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A file that held the customer and the one that stands for it now; None for one that went whole."""

    kind: Kept
    old: str
    new: str | None
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedKind:
    """How many files of a kind were written anew or removed, and how many of the customer's rows left them.

    A file that goes whole counts no rows.
    """

    kind: Kept
    files: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """`customer` is the keyed hash of the identifier. `number` 0: nothing was done, this is what would be.

    `versions` are published ones whose golden rows hold a row of the customer: a signed bundle cannot be changed.
    `files` is the digest of what stands for what, None until the erasure is finished.
    """

    number: int
    pipeline: str
    customer: str
    applications: int
    by: str
    why: str
    begun_at: datetime
    ended_at: datetime | None = None
    erased: tuple[ErasedKind, ...] = ()
    versions: tuple[str, ...] = ()
    files: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCheck:
    """Whether anything that was scanned still holds a customer who was erased.

    `found` names the places, `unreadable` segments and files that are damaged, of which nobody knows what they hold. `versions`
    are those with golden rows of somebody who was erased.
    """

    erasures: int
    scanned: tuple[ErasedKind, ...]
    found: tuple[str, ...]
    unreadable: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        return not self.found
