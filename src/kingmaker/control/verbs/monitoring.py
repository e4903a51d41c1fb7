"""How champions fare between runs."""

from datetime import date
from typing import Protocol

from kingmaker.domain.alarm import Alarm
from kingmaker.domain.monitoring import Monitoring


class MonitorVerbs(Protocol):
    def monitoring(self, pipeline: str, *, since: date | None = None, until: date | None = None) -> Monitoring:
        """What was read last of the pipeline's endpoints, from `since` to `until`, at most the newest 92 days."""

    def monitor(self, pipeline: str) -> Monitoring:
        """Read now what endpoints left since, begin and end alarms, and tell everything."""

    def alarms(
        self, pipeline: str, *, only_open: bool = False, limit: int = 100, before: int | None = None
    ) -> list[Alarm]:
        """Newest first; `before` an alarm's number, to page."""
