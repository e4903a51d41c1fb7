"""The installation and its record."""

from typing import Protocol

from kingmaker.control.records import (
    AuditProof,
)
from kingmaker.domain.champion import AuditEntry
from kingmaker.domain.notice import Notice
from kingmaker.loop.records import Check


class HouseVerbs(Protocol):
    def audit(
        self,
        *,
        limit: int = 100,
        before: int | None = None,
        by: str | None = None,
        action: str | None = None,
        subject: str | None = None,
    ) -> list[AuditEntry]:
        """Newest first; `before` an entry's number, to page. `action` and `subject` are what it begins with."""

    def verify_audit(self) -> AuditProof: ...

    def notices(self, *, pipeline: str | None = None, limit: int = 50, before: int | None = None) -> list[Notice]:
        """Newest first; `before` a notice's number, to page."""

    def doctor(self) -> list[Check]: ...

    def sweep(self, *, dry: bool = False) -> dict[str, int]:
        """Housekeeping now: what was (or would be) removed, by kind, and `bytes`."""
