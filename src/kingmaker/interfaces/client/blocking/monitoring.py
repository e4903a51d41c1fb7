"""MonitorVerbs over HTTP."""
# Written by docs/generate_client.py from awaited/monitoring.py: change that file, and run it.

from datetime import date

from kingmaker.domain.alarm import Alarm
from kingmaker.domain.monitoring import Monitoring
from kingmaker.interfaces.client.blocking.speaking import Speaking
from kingmaker.interfaces.client.call import at_leisure, get, post


class Monitor(Speaking):
    """What `MonitorVerbs` says of each."""

    def monitoring(self, pipeline: str, *, since: date | None = None, until: date | None = None) -> Monitoring:
        days = {"from": since, "to": until}
        return self.say(get(Monitoring, "pipelines", pipeline, "monitoring", **days))

    def monitor(self, pipeline: str) -> Monitoring:
        return self.say(at_leisure(post(Monitoring, "pipelines", pipeline, "monitoring")))

    def alarms(
        self, pipeline: str, *, only_open: bool = False, limit: int = 100, before: int | None = None
    ) -> list[Alarm]:
        asked = {"only_open": only_open, "limit": limit, "before": before}
        return self.say(get(list[Alarm], "pipelines", pipeline, "alarms", **asked))
