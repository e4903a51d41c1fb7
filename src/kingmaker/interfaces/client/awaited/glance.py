"""GlanceVerbs over HTTP."""

from datetime import datetime

from kingmaker.control.records import EndpointLine, PipelineGlance, RoomTold
from kingmaker.interfaces.client.awaited.speaking import AsyncSpeaking
from kingmaker.interfaces.client.call import get


class AsyncGlance(AsyncSpeaking):
    """What `GlanceVerbs` says of each."""

    async def glance(self, *, each: int = 12) -> list[PipelineGlance]:
        return await self.say(get(list[PipelineGlance], "glance", each=each))

    async def endpoint_lines(
        self, *, pipeline: str | None = None, named: str = "", troubled: bool = False, limit: int = 100, after: str = ""
    ) -> list[EndpointLine]:
        asked = {"pipeline": pipeline, "named": named, "troubled": troubled, "limit": limit, "after": after}
        return await self.say(get(list[EndpointLine], "endpoints", **asked))

    async def times(self, cron: str, *, zone: str = "UTC", count: int = 5) -> list[datetime]:
        return await self.say(get(list[datetime], "times", cron=cron, zone=zone, count=count))

    async def room(self) -> RoomTold:
        return await self.say(get(RoomTold, "room"))
