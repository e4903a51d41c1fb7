"""Much at once, shortly."""

from datetime import datetime
from typing import Protocol

from kingmaker.control.records import (
    EndpointLine,
    PipelineGlance,
    RoomTold,
)


class GlanceVerbs(Protocol):
    """What an overview shows of everything, in few questions however much there is."""

    def glance(self, *, each: int = 12) -> list[PipelineGlance]:
        """Every pipeline in figures, by name, over its `each` newest verdicts.

        Verdicts' figures that cannot be read within half a second are left out: they come when it is asked again.
        """

    def endpoint_lines(
        self, *, pipeline: str | None = None, named: str = "", troubled: bool = False, limit: int = 100, after: str = ""
    ) -> list[EndpointLine]:
        """Endpoints by pipeline and name, behind `after` (`pipeline/endpoint`), to page.

        `named`: whose name has this in it; `troubled`: not in step, or silent, or with something to say why.
        """

    def times(self, cron: str, *, zone: str = "UTC", count: int = 5) -> list[datetime]:
        """When a schedule of these five fields would be due next, in its zone. Raises ScheduleInvalid, saying why."""

    def room(self) -> RoomTold: ...
