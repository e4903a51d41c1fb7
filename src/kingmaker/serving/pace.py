"""How often a follower does what, by which clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds: one wait for news, between reports, of the first and the longest delay after a failure."""

    wait: float = 30.0
    report: float = 30.0
    first_delay: float = 0.5
    longest_delay: float = 30.0
    absent_delay: float = 1.0
    """After the depot said that the pipeline has no champion yet."""
    reread: float = 30.0
    """How often the pointer is read although its tag did not change: some servers make tags of whole seconds."""
    clock: Callable[[], datetime] = utc_now
    chance: Random = field(default_factory=Random)
