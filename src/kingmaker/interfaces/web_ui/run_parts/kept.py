"""What is said where there is nothing to show: that the run has not come so far, or that it is no longer kept."""

from collections.abc import Sequence

from kingmaker.domain.run import Stage, StageRecord
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import empty


def nothing_yet(here: Here, stages: Sequence[StageRecord], said: str, *, of: Stage = Stage.EXTRACT) -> None:
    """`said` is for a run that has not finished the stage `of`."""
    is_made = any(record.stage is of for record in stages)
    empty(here.t("run.forgotten") if is_made else said)
