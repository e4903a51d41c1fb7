"""ModelVerbs over HTTP."""

from collections.abc import Mapping, Sequence

from kingmaker.interfaces.client.awaited.speaking import AsyncSpeaking
from kingmaker.interfaces.client.call import get, get_if_any, get_text, post
from kingmaker.loop.model_records import ColumnEffect, Judged, ModelAccount, ModelTested


class AsyncModels(AsyncSpeaking):
    """What `ModelVerbs` says of each."""

    async def model(self, pipeline: str, version: str) -> ModelAccount:
        return await self.say(get(ModelAccount, "pipelines", pipeline, "versions", version, "model"))

    async def tested(self, pipeline: str, version: str) -> ModelTested | None:
        return await self.say(get_if_any(ModelTested, "pipelines", pipeline, "versions", version, "tested"))

    async def effect(self, pipeline: str, version: str, column: str) -> ColumnEffect:
        return await self.say(get(ColumnEffect, "pipelines", pipeline, "versions", version, "effects", column))

    async def what_if(
        self, pipeline: str, version: str, applicants: Sequence[Mapping[str, str | int | float | bool | None]]
    ) -> list[Judged]:
        said = {"applicants": list(applicants)}
        return await self.say(post(list[Judged], "pipelines", pipeline, "versions", version, "what-if", **said))

    async def document(self, pipeline: str, version: str) -> bytes:
        """The version's model-risk document: one self-contained HTML page."""
        return await self.say(get_text("text/html", "pipelines", pipeline, "versions", version, "document"))
