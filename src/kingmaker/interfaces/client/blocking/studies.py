"""StudyVerbs over HTTP."""
# Written by docs/generate_client.py from awaited/studies.py: change that file, and run it.

from kingmaker.domain.run import StageRecord
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import TrialOrder, TrialPage
from kingmaker.interfaces.client.blocking.speaking import Speaking
from kingmaker.interfaces.client.call import get, get_if_any
from kingmaker.loop.column_records import ColumnAccount, MonthCount
from kingmaker.recipe.spec import Recipe


class Studies(Speaking):
    """What `StudyVerbs` says of each."""

    def stages(self, run: int) -> list[StageRecord]:
        return self.say(get(list[StageRecord], "runs", run, "stages"))

    def snapshot(self, run: int) -> Snapshot | None:
        return self.say(get_if_any(Snapshot, "runs", run, "snapshot"))

    def months(self, run: int) -> list[MonthCount]:
        return self.say(get(list[MonthCount], "runs", run, "months"))

    def recipes(self, run: int) -> list[Recipe]:
        return self.say(get(list[Recipe], "runs", run, "recipes"))

    def column(self, run: int, name: str, *, recipe: str) -> ColumnAccount:
        return self.say(get(ColumnAccount, "runs", run, "recipes", recipe, "columns", name))

    def trials(
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
        return self.say(get(TrialPage, "runs", run, "trials", **asked))
