"""PipelineVerbs over HTTP."""
# Written by docs/generate_client.py from awaited/pipelines.py: change that file, and run it.

from datetime import datetime, timedelta

from kingmaker.control.records import DataFile, Mistake, PipelineLine
from kingmaker.domain.schedule import Declared, Schedule
from kingmaker.interfaces.client.blocking.speaking import Speaking
from kingmaker.interfaces.client.call import at_leisure, delete, get, pipeline_in, post, post_text, put, put_text


class Pipelines(Speaking):
    """What `PipelineVerbs` says of each."""

    def pipelines(self) -> list[PipelineLine]:
        return self.say(get(list[PipelineLine], "pipelines"))

    def pipeline(self, pipeline: str) -> PipelineLine:
        return self.say(get(PipelineLine, "pipelines", pipeline))

    def declare(self, text: str, *, expected: int | None = None) -> Declared:
        return self.say(put_text(Declared, text, "pipelines", pipeline_in(text), expected=expected))

    def check(self, text: str) -> list[Mistake]:
        return self.say(post_text(list[Mistake], text, "check"))

    def data_files(self) -> list[DataFile]:
        return self.say(get(list[DataFile], "data-files"))

    def draft(self, pipeline: str, file: str, *, target: str | None = None, outcome: str | None = None) -> str:
        asked = {"pipeline": pipeline, "file": file, "target": target, "outcome": outcome}
        return self.say(at_leisure(post(str, "draft", **asked)))

    def declared(self, pipeline: str, *, number: int | None = None) -> Declared:
        path = ("pipelines", pipeline, "declarations")
        return self.say(get(Declared, *path, "newest" if number is None else number))

    def declarations(self, pipeline: str) -> list[Declared]:
        return self.say(get(list[Declared], "pipelines", pipeline, "declarations"))

    def schedules(self) -> list[Schedule]:
        return self.say(get(list[Schedule], "schedules"))

    def schedule(self, pipeline: str) -> Schedule:
        return self.say(get(Schedule, "pipelines", pipeline, "schedule"))

    def set_schedule(
        self, pipeline: str, cron: str, *, zone: str = "UTC", grace: timedelta = timedelta(hours=6), priority: int = 0
    ) -> Schedule:
        said = {"cron": cron, "zone": zone, "grace": grace, "priority": priority}
        return self.say(put(Schedule, "pipelines", pipeline, "schedule", **said))

    def pause_schedule(self, pipeline: str) -> Schedule:
        return self.say(post(Schedule, "pipelines", pipeline, "schedule", "pause"))

    def resume_schedule(self, pipeline: str) -> Schedule:
        return self.say(post(Schedule, "pipelines", pipeline, "schedule", "resume"))

    def drop_schedule(self, pipeline: str) -> None:
        return self.say(delete("pipelines", pipeline, "schedule"))

    def next_times(self, pipeline: str, *, count: int = 5) -> list[datetime]:
        return self.say(get(list[datetime], "pipelines", pipeline, "schedule", "next", count=count))
