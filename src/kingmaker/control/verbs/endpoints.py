"""Where champions are served, and what comes back."""

from pathlib import Path
from typing import Protocol

from kingmaker.control.records import (
    KeyTold,
)
from kingmaker.domain.notice import OutcomeFile
from kingmaker.loop.records import EndpointReport, Exported


class EndpointVerbs(Protocol):
    def endpoints(self, pipeline: str) -> list[EndpointReport]: ...

    def announced_edition(self, pipeline: str) -> int | None: ...

    def export(self, pipeline: str, version: str, out: Path) -> Exported:
        """Write the version's proven bundle to `out`. `version` may be `champion`."""

    def keys(self) -> list[KeyTold]:
        """The house's own public key first, then the others that it trusts."""

    def hand_in(self, pipeline: str, data: bytes, *, form: str) -> OutcomeFile:
        """Take outcomes (`csv`, `parquet` or `json`: an id column and what became of the loan). The same bytes are one file."""

    def outcomes(self, pipeline: str, *, limit: int = 100) -> list[OutcomeFile]: ...
