"""GlanceVerbs over HTTP."""
# Written by docs/generate_client.py from awaited/glance.py: change that file, and run it.

from datetime import datetime

from kingmaker.control.records import EndpointLine, PipelineGlance, RoomTold
from kingmaker.interfaces.client.blocking.speaking import Speaking
from kingmaker.interfaces.client.call import get


class Glance(Speaking):
    """What `GlanceVerbs` says of each."""

    def glance(self, *, each: int = 12) -> list[PipelineGlance]:
        return self.say(get(list[PipelineGlance], "glance", each=each))

    def endpoint_lines(
        self, *, pipeline: str | None = None, named: str = "", troubled: bool = False, limit: int = 100, after: str = ""
    ) -> list[EndpointLine]:
        asked = {"pipeline": pipeline, "named": named, "troubled": troubled, "limit": limit, "after": after}
        return self.say(get(list[EndpointLine], "endpoints", **asked))

    def times(self, cron: str, *, zone: str = "UTC", count: int = 5) -> list[datetime]:
        return self.say(get(list[datetime], "times", cron=cron, zone=zone, count=count))

    def room(self) -> RoomTold:
        return self.say(get(RoomTold, "room"))
