"""StudyVerbs over HTTP."""

from kingmaker.domain.run import StageRecord
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import TrialOrder, TrialPage
from kingmaker.interfaces.client.awaited.speaking import AsyncSpeaking
from kingmaker.interfaces.client.call import get, get_if_any
from kingmaker.loop.column_records import ColumnAccount, MonthCount
from kingmaker.recipe.spec import Recipe


class AsyncStudies(AsyncSpeaking):
    """What `StudyVerbs` says of each."""

    async def stages(self, run: int) -> list[StageRecord]:
        return await self.say(get(list[StageRecord], "runs", run, "stages"))

    async def snapshot(self, run: int) -> Snapshot | None:
        return await self.say(get_if_any(Snapshot, "runs", run, "snapshot"))

    async def months(self, run: int) -> list[MonthCount]:
        return await self.say(get(list[MonthCount], "runs", run, "months"))

    async def recipes(self, run: int) -> list[Recipe]:
        return await self.say(get(list[Recipe], "runs", run, "recipes"))

    async def column(self, run: int, name: str, *, recipe: str) -> ColumnAccount:
        return await self.say(get(ColumnAccount, "runs", run, "recipes", recipe, "columns", name))

    async def trials(
        self,
        run: int,
        *,
        order: TrialOrder = TrialOrder.NUMBER,
        falling: bool = False,
        learner: str | None = None,
        limit: int = 100,
        skip: int = 0,
    ) -> TrialPage:
        asked = {"order": order, "falling": falling, "learner": learner, "limit": limit, "skip": skip}
        return await self.say(get(TrialPage, "runs", run, "trials", **asked))
