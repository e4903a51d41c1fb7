"""Versions that are tried beside the champion: shadows are scored and never answer, a canary answers for a small share."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanionChange:
    """The companions of a pipeline's champion from `since` on. `number` starts at 1 and grows by one with every change.

    `shadows` and `canary` are versions; `share` is the canary's of the applications, in (0, 1), None without a canary.
    """

    pipeline: str
    number: int
    shadows: tuple[str, ...]
    canary: str | None
    share: float | None
    since: datetime
    by: str
    why: str

    @property
    def versions(self) -> tuple[str, ...]:
        """The canary first, then the shadows."""
        return (*([self.canary] if self.canary else []), *self.shadows)
