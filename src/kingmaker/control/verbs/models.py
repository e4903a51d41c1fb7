"""What a version is and would say."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from kingmaker.loop.model_records import ColumnEffect, Judged, ModelAccount, ModelTested


class ModelVerbs(Protocol):
    def model(self, pipeline: str, version: str) -> ModelAccount:
        """What a published version is, from its verified bundle. `version` may be `champion`, here and below."""

    def tested(self, pipeline: str, version: str) -> ModelTested | None:
        """How it did in the run that published it; None where no verdict was reached about it or it is no longer kept."""

    def effect(self, pipeline: str, version: str, column: str) -> ColumnEffect:
        """How the version's answers move with one column alone."""

    def what_if(
        self, pipeline: str, version: str, applicants: Sequence[Mapping[str, str | int | float | bool | None]]
    ) -> list[Judged]:
        """What the version would say of applicants who are made up, and why: raw values by column, missing where absent.

        Nothing is kept. Raises RowUnreadable naming row and field, KingmakerError for a column that the model does not read.
        """
