"""ModelVerbs over this machine's house."""

from collections.abc import Sequence

from kingmaker.control.office.room import Room
from kingmaker.domain.access import Right
from kingmaker.loop.model_records import ColumnEffect, Judged, ModelAccount, ModelTested
from kingmaker.loop.models.account import model_account
from kingmaker.loop.models.effects import column_effect
from kingmaker.loop.models.opened import OpenedModel, opened_model
from kingmaker.loop.models.tested import model_tested
from kingmaker.loop.models.what_if import Applicant, judge
from kingmaker.loop.reign import version_in_force

CHAMPION = "champion"


class ModelsOffice(Room):
    """ModelVerbs, allowed or refused by who asks."""

    def model(self, pipeline: str, version: str) -> ModelAccount:
        return model_account(self.house, pipeline, self._version_seen(pipeline, version))

    def tested(self, pipeline: str, version: str) -> ModelTested | None:
        return model_tested(self.house, pipeline, self._version_seen(pipeline, version))

    def effect(self, pipeline: str, version: str, column: str) -> ColumnEffect:
        return column_effect(self._model_opened(pipeline, version), column)

    def what_if(self, pipeline: str, version: str, applicants: Sequence[Applicant]) -> list[Judged]:
        """Nothing is kept: neither the applicants nor that they were asked about."""
        return list(judge(self._model_opened(pipeline, version), applicants))

    def _model_opened(self, pipeline: str, version: str) -> OpenedModel:
        return opened_model(self.house, pipeline, self._version_seen(pipeline, version))

    def _version_seen(self, pipeline: str, version: str) -> str:
        self.may(Right.SEE, pipeline)
        return version_in_force(self.house, pipeline) if version == CHAMPION else version
