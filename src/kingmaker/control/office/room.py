"""What every office has: the house, who asks, and the questions whether they may."""

import re
from dataclasses import dataclass
from typing import Final

from kingmaker.domain.access import Principal, Right
from kingmaker.domain.errors import Forbidden, KingmakerError, NotFound
from kingmaker.domain.run import Run
from kingmaker.ports.house import House

PIPELINE_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
"""As declarations spell it. Nothing else goes on from here, to become part of a query or of a place."""


@dataclass(frozen=True)
class Room:
    """`who` asks; everything that is done is done in their name."""

    house: House
    who: Principal

    def may(self, right: Right, pipeline: str) -> str:
        """The pipeline's name. Raises NotFound for one that `who` does not see, and Forbidden without the right."""
        if not PIPELINE_NAME.fullmatch(pipeline) or not self.who.sees(pipeline):
            raise self.no_such_pipeline(pipeline)
        if not self.who.may(right, pipeline):
            raise self._forbidden(right, f"pipeline {pipeline}")
        return pipeline

    def may_in_house(self, right: Right) -> None:
        """For what is of the installation and of no one pipeline. Raises Forbidden."""
        if not self.who.may(right):
            raise self._forbidden(right, "the installation")

    def may_see_something(self) -> None:
        """Raises Forbidden for who may see nothing: an endpoint's token."""
        if not any(self.who.may(Right.SEE, pipeline) for pipeline in self.who.pipelines or ("",)):
            raise Forbidden(
                f"{self.who.name} may not {Right.SEE.value}",
                where="the installation",
                remedy="Ask an administrator for a role that may.",
            )

    def may_somewhere(self, right: Right) -> None:
        """For what is of no one pipeline yet, and harmless in itself. Raises Forbidden."""
        if not any(self.who.may(right, pipeline) for pipeline in (None, *(self.who.pipelines or ()))):
            raise self._forbidden(right, "any pipeline")

    def in_sight(self, pipeline: str | None = None) -> list[str] | None:
        """The pipelines that a list may tell of; None: all. Raises Forbidden, and NotFound for one that `who` does not see."""
        if pipeline is not None:
            return [self.may(Right.SEE, pipeline)]
        if self.who.pipelines is None:
            self.may_in_house(Right.SEE)
            return None
        return [name for name in sorted(self.who.pipelines) if self.may(Right.SEE, name)]

    def may_on_run(self, right: Right, number: int) -> Run:
        """Raises NotFound also for the run of a pipeline that `who` does not see."""
        run = self.house.ledger.run(number)
        if not self.who.sees(run.request.pipeline):
            raise NotFound(f"There is no run {number}", remedy="`kingmaker runs` lists them.")
        self.may(right, run.request.pipeline)
        return run

    def no_such_pipeline(self, pipeline: str) -> NotFound:
        return NotFound(f"there is no pipeline {pipeline!r}", remedy="`kingmaker pipelines` lists those you may see.")

    def reason(self, why: str) -> str:
        """The reason as it is kept. Raises KingmakerError for an empty one."""
        if not why.strip():
            raise KingmakerError("the reason is empty", remedy="Say why: it is kept in the audit log.")
        return why.strip()

    def _forbidden(self, right: Right, where: str) -> Forbidden:
        roles = ", ".join(sorted(self.who.roles)) or "no role"
        return Forbidden(
            f"{self.who.name} ({roles}) may not {right.value}",
            where=where,
            remedy="Ask an administrator for a role that may.",
        )
