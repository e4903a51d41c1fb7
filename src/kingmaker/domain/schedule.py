"""When a pipeline is to run by itself, and what was declared for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A pipeline's schedule: five cron fields read in the time zone `zone` (IANA name).

    After an outage the newest missed time is caught up with once, if no older than `grace`. While paused, `next_at` is None.
    """

    pipeline: str
    cron: str
    zone: str
    grace: timedelta
    priority: int
    set_by: str
    set_at: datetime
    next_at: datetime | None
    last_at: datetime | None = None
    """The newest time that it fired for."""
    paused_by: str | None = None

    @property
    def is_paused(self) -> bool:
        return self.paused_by is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One text of a pipeline's declaration. `number` starts at 1 in each pipeline and grows by one with every change.

    `declared_in` is the path that its relative source paths start from.
    """

    pipeline: str
    number: int
    text: str
    digest: str
    declared_in: str
    by: str
    at: datetime
