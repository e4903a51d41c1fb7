"""The pointer that endpoints follow: which version is in force, which ones are tried beside it, and since when."""

from dataclasses import dataclass
from datetime import datetime

from kingmaker.domain.champion import TurnReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A published version and its bundle's one file: `archive` is the file's SHA-256, `size` its bytes."""

    version: str
    archive: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A version that answers for a `share` of the applications, in (0, 1)."""

    placed: Placed
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """`edition` grows with every change of the pointer, `turn` with every change of the champion: neither ever goes back.

    `shadows` are scored and logged, and never answered with.
    """

    pipeline: str
    edition: int
    turn: int
    champion: Placed
    since: datetime
    reason: TurnReason
    why: str
    shadows: tuple[Placed, ...] = ()
    canary: Canary | None = None

    @property
    def placed(self) -> tuple[Placed, ...]:
        """Every version an endpoint needs, the champion first, each once."""
        wanted = (self.champion, *([self.canary.placed] if self.canary else []), *self.shadows)
        return tuple({one.version: one for one in wanted}.values())
