"""StudyVerbs over this machine's house."""

from importlib import import_module

from kingmaker.control.office.room import Room
from kingmaker.domain.access import Right
from kingmaker.domain.run import StageRecord
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import TrialOrder, TrialPage
from kingmaker.loop.column_records import ColumnAccount, MonthCount
from kingmaker.recipe.spec import Recipe

_ACCOUNT = "kingmaker.loop.column_account"
"""Loads the libraries that read snapshots and recipes, which take a while and which the other verbs here do not need."""


class StudiesOffice(Room):
    """StudyVerbs, allowed or refused by who asks."""

    def stages(self, run: int) -> list[StageRecord]:
        self.may_on_run(Right.SEE, run)
        return self.house.ledger.stages(run)

    def snapshot(self, run: int) -> Snapshot | None:
        self.may_on_run(Right.SEE, run)
        found: Snapshot | None = import_module(_ACCOUNT).snapshot_of(self.house, run)
        return found

    def months(self, run: int) -> list[MonthCount]:
        self.may_on_run(Right.SEE, run)
        found: list[MonthCount] = import_module(_ACCOUNT).months_of(self.house, run)
        return found

    def recipes(self, run: int) -> list[Recipe]:
        self.may_on_run(Right.SEE, run)
        found: list[Recipe] = import_module(_ACCOUNT).recipes_of(self.house, run)
        return found

    def column(self, run: int, name: str, *, recipe: str) -> ColumnAccount:
        self.may_on_run(Right.SEE, run)
        found: ColumnAccount = import_module(_ACCOUNT).column_of(self.house, run, name, recipe=recipe)
        return found

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
        self.may_on_run(Right.SEE, run)
        return self.house.ledger.page_of_trials(
            run, order=order, falling=falling, learner=learner, limit=limit, skip=skip
        )
