"""What a run did, part by part."""

from typing import Protocol

from kingmaker.domain.run import StageRecord
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import TrialOrder, TrialPage
from kingmaker.loop.column_records import ColumnAccount, MonthCount
from kingmaker.recipe.spec import Recipe


class StudyVerbs(Protocol):
    """What a run did, part by part: each is quick to tell, however much the whole is."""

    def stages(self, run: int) -> list[StageRecord]:
        """Those that finished, in that order."""

    def snapshot(self, run: int) -> Snapshot | None:
        """None before the run has read its loans, and when its files are no longer kept."""

    def months(self, run: int) -> list[MonthCount]:
        """The loans that were read, by month of application and window; none without dates, and when they are forgotten."""

    def recipes(self, run: int) -> list[Recipe]:
        """The fitted cleaning, one for each way in which learners want it; none before, and when it is no longer kept."""

    def column(self, run: int, name: str, *, recipe: str) -> ColumnAccount:
        """A raw column of the train window before and after the recipe."""

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
        """`limit` trials after the first `skip`; those without a value to be ordered by come last."""
