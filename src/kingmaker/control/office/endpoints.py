"""EndpointVerbs over this machine's house."""

from pathlib import Path

from kingmaker.control.office.room import Room
from kingmaker.control.records import KeyTold
from kingmaker.domain.notice import OutcomeFile
from kingmaker.loop.records import EndpointReport, Exported


class EndpointsOffice(Room):
    """EndpointVerbs, allowed or refused by who asks."""

    def endpoints(self, pipeline: str) -> list[EndpointReport]:
        raise NotImplementedError

    def announced_edition(self, pipeline: str) -> int | None:
        raise NotImplementedError

    def export(self, pipeline: str, version: str, out: Path) -> Exported:
        raise NotImplementedError

    def keys(self) -> list[KeyTold]:
        raise NotImplementedError

    def hand_in(self, pipeline: str, data: bytes, *, form: str) -> OutcomeFile:
        raise NotImplementedError

    def outcomes(self, pipeline: str, *, limit: int = 100) -> list[OutcomeFile]:
        raise NotImplementedError
