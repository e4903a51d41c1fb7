"""The installation and its record."""

from collections.abc import Sequence
from typing import Protocol

from kingmaker.control.records import (
    AuditProof,
)
from kingmaker.domain.champion import AuditEntry
from kingmaker.domain.erasure import Erasure, ErasureCheck
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

    def erase(
        self,
        customer: str,
        *,
        why: str,
        pipeline: str | None = None,
        applications: Sequence[str] = (),
        dry: bool = False,
    ) -> list[Erasure]:
        """Take one customer's rows out of everything that is kept, of one pipeline or of all; `dry` only counts.

        `applications` are ids that no snapshot knows. What was erased tells keyed hashes, and never the customer.
        """

    def erasures(self, *, pipeline: str | None = None, limit: int = 100) -> list[Erasure]:
        """Newest first."""

    def check_erasures(self, *, pipeline: str | None = None) -> ErasureCheck:
        """Look through everything that is kept for everybody who was erased."""
