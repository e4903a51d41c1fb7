"""MonitorVerbs over HTTP."""

from datetime import date

from kingmaker.domain.alarm import Alarm
from kingmaker.domain.monitoring import Monitoring
from kingmaker.interfaces.client.awaited.speaking import AsyncSpeaking
from kingmaker.interfaces.client.call import at_leisure, get, post


class AsyncMonitor(AsyncSpeaking):
    """What `MonitorVerbs` says of each."""

    async def monitoring(self, pipeline: str, *, since: date | None = None, until: date | None = None) -> Monitoring:
        days = {"from": since, "to": until}
        return await self.say(get(Monitoring, "pipelines", pipeline, "monitoring", **days))

    async def monitor(self, pipeline: str) -> Monitoring:
        return await self.say(at_leisure(post(Monitoring, "pipelines", pipeline, "monitoring")))

    async def alarms(
        self, pipeline: str, *, only_open: bool = False, limit: int = 100, before: int | None = None
    ) -> list[Alarm]:
        asked = {"only_open": only_open, "limit": limit, "before": before}
        return await self.say(get(list[Alarm], "pipelines", pipeline, "alarms", **asked))
