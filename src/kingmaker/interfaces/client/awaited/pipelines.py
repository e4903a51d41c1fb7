"""PipelineVerbs over HTTP."""

from datetime import datetime, timedelta

from kingmaker.control.records import DataFile, Mistake, PipelineLine
from kingmaker.domain.schedule import Declared, Schedule
from kingmaker.interfaces.client.awaited.speaking import AsyncSpeaking
from kingmaker.interfaces.client.call import at_leisure, delete, get, pipeline_in, post, post_text, put, put_text


class AsyncPipelines(AsyncSpeaking):
    """What `PipelineVerbs` says of each."""

    async def pipelines(self) -> list[PipelineLine]:
        return await self.say(get(list[PipelineLine], "pipelines"))

    async def pipeline(self, pipeline: str) -> PipelineLine:
        return await self.say(get(PipelineLine, "pipelines", pipeline))

    async def declare(self, text: str, *, expected: int | None = None) -> Declared:
        return await self.say(put_text(Declared, text, "pipelines", pipeline_in(text), expected=expected))

    async def check(self, text: str) -> list[Mistake]:
        return await self.say(post_text(list[Mistake], text, "check"))

    async def data_files(self) -> list[DataFile]:
        return await self.say(get(list[DataFile], "data-files"))

    async def draft(self, pipeline: str, file: str, *, target: str | None = None, outcome: str | None = None) -> str:
        asked = {"pipeline": pipeline, "file": file, "target": target, "outcome": outcome}
        return await self.say(at_leisure(post(str, "draft", **asked)))

    async def declared(self, pipeline: str, *, number: int | None = None) -> Declared:
        path = ("pipelines", pipeline, "declarations")
        return await self.say(get(Declared, *path, "newest" if number is None else number))

    async def declarations(self, pipeline: str) -> list[Declared]:
        return await self.say(get(list[Declared], "pipelines", pipeline, "declarations"))

    async def schedules(self) -> list[Schedule]:
        return await self.say(get(list[Schedule], "schedules"))

    async def schedule(self, pipeline: str) -> Schedule:
        return await self.say(get(Schedule, "pipelines", pipeline, "schedule"))

    async def set_schedule(
        self, pipeline: str, cron: str, *, zone: str = "UTC", grace: timedelta = timedelta(hours=6), priority: int = 0
    ) -> Schedule:
        said = {"cron": cron, "zone": zone, "grace": grace, "priority": priority}
        return await self.say(put(Schedule, "pipelines", pipeline, "schedule", **said))

    async def pause_schedule(self, pipeline: str) -> Schedule:
        return await self.say(post(Schedule, "pipelines", pipeline, "schedule", "pause"))

    async def resume_schedule(self, pipeline: str) -> Schedule:
        return await self.say(post(Schedule, "pipelines", pipeline, "schedule", "resume"))

    async def drop_schedule(self, pipeline: str) -> None:
        return await self.say(delete("pipelines", pipeline, "schedule"))

    async def next_times(self, pipeline: str, *, count: int = 5) -> list[datetime]:
        return await self.say(get(list[datetime], "pipelines", pipeline, "schedule", "next", count=count))
