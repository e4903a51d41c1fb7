"""HouseVerbs over this machine's house."""

from kingmaker.control.office.room import Room
from kingmaker.control.records import AuditProof
from kingmaker.domain.champion import AuditEntry
from kingmaker.domain.notice import Notice
from kingmaker.loop.records import Check


class HouseOffice(Room):
    """HouseVerbs, allowed or refused by who asks."""

    def audit(self, *, limit: int = 100) -> list[AuditEntry]:
        raise NotImplementedError

    def verify_audit(self) -> AuditProof:
        raise NotImplementedError

    def notices(self, *, pipeline: str | None = None, limit: int = 50) -> list[Notice]:
        raise NotImplementedError

    def doctor(self) -> list[Check]:
        raise NotImplementedError

    def sweep(self, *, dry: bool = False) -> dict[str, int]:
        raise NotImplementedError
