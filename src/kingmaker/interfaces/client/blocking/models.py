"""ModelVerbs over HTTP."""
# Written by docs/generate_client.py from awaited/models.py: change that file, and run it.

from collections.abc import Mapping, Sequence

from kingmaker.interfaces.client.blocking.speaking import Speaking
from kingmaker.interfaces.client.call import get, get_if_any, get_text, post
from kingmaker.loop.model_records import ColumnEffect, Judged, ModelAccount, ModelTested


class Models(Speaking):
    """What `ModelVerbs` says of each."""

    def model(self, pipeline: str, version: str) -> ModelAccount:
        return self.say(get(ModelAccount, "pipelines", pipeline, "versions", version, "model"))

    def tested(self, pipeline: str, version: str) -> ModelTested | None:
        return self.say(get_if_any(ModelTested, "pipelines", pipeline, "versions", version, "tested"))

    def effect(self, pipeline: str, version: str, column: str) -> ColumnEffect:
        return self.say(get(ColumnEffect, "pipelines", pipeline, "versions", version, "effects", column))

    def what_if(
        self, pipeline: str, version: str, applicants: Sequence[Mapping[str, str | int | float | bool | None]]
    ) -> list[Judged]:
        said = {"applicants": list(applicants)}
        return self.say(post(list[Judged], "pipelines", pipeline, "versions", version, "what-if", **said))

    def document(self, pipeline: str, version: str) -> bytes:
        """The version's model-risk document: one self-contained HTML page."""
        return self.say(get_text("text/html", "pipelines", pipeline, "versions", version, "document"))
