"""HouseVerbs over this machine's house."""

from collections.abc import Sequence
from typing import Final

from kingmaker.control.erasing.afterwards import check_erasures, keep_erased
from kingmaker.control.erasing.erase import erase, refuse_nameless
from kingmaker.control.housekeeping import sweep
from kingmaker.control.office.room import Room
from kingmaker.control.records import AuditProof
from kingmaker.domain.access import Right
from kingmaker.domain.champion import AuditEntry
from kingmaker.domain.erasure import Erasure, ErasureCheck
from kingmaker.domain.notice import Notice
from kingmaker.loop.doctor import examine_house
from kingmaker.loop.records import Check

_NEWEST: Final = 100


class HouseOffice(Room):
    """HouseVerbs, allowed or refused by who asks."""

    def audit(
        self,
        *,
        limit: int = 100,
        before: int | None = None,
        by: str | None = None,
        action: str | None = None,
        subject: str | None = None,
    ) -> list[AuditEntry]:
        """Newest first. Who sees some pipelines only is told what is about them: never of tokens, people or the house."""
        self.may_see_something()
        return self.house.ledger.audit(
            limit=limit, before=before, by=by, action=action, subject=subject, pipelines=self.who.pipelines
        )

    def verify_audit(self) -> AuditProof:
        """The chain is the installation's and is proven whole: Forbidden to who sees some pipelines only."""
        self.may_in_house(Right.SEE)
        while True:
            proven = self.house.ledger.verify_audit()
            newest = self.house.ledger.audit(limit=_NEWEST)
            digest = next((entry.digest for entry in newest if entry.number == proven), None)
            if digest is not None or proven == 0:
                return AuditProof(entries=proven, digest=digest or "")

    def notices(self, *, pipeline: str | None = None, limit: int = 50, before: int | None = None) -> list[Notice]:
        """Newest first. Who sees some pipelines only is told what is about them: not that the disk is full."""
        if pipeline is not None:
            return self.house.ledger.notices(pipeline=self.may(Right.SEE, pipeline), limit=limit, before=before)
        self.may_see_something()
        if self.who.pipelines is None:
            return self.house.ledger.notices(limit=limit, before=before)
        found = [
            one
            for name in self.who.pipelines
            for one in self.house.ledger.notices(pipeline=name, limit=limit, before=before)
        ]
        return sorted(found, key=lambda notice: -notice.number)[:limit]

    def doctor(self) -> list[Check]:
        """It reads every file, tries the engine and mends pointers: for administrators."""
        self.may_in_house(Right.ADMINISTER)
        return list(examine_house(self.house))

    def sweep(self, *, dry: bool = False) -> dict[str, int]:
        self.may_in_house(Right.ADMINISTER)
        if not dry:
            keep_erased(self.house)
        return sweep(self.house, by=self.who.name, dry=dry)

    def erase(
        self,
        customer: str,
        *,
        why: str,
        pipeline: str | None = None,
        applications: Sequence[str] = (),
        dry: bool = False,
    ) -> list[Erasure]:
        self._may_erase(pipeline)
        why = self.reason(why)
        names = [pipeline] if pipeline is not None else self.house.ledger.pipelines()
        for name in names:  # before the first is erased
            refuse_nameless(self.house, name)
        by = self.who.name
        return [erase(self.house, name, customer, applications=applications, by=by, why=why, dry=dry) for name in names]

    def erasures(self, *, pipeline: str | None = None, limit: int = 100) -> list[Erasure]:
        self._may_erase(pipeline)
        return self.house.ledger.erasures(pipeline, limit=limit)

    def check_erasures(self, *, pipeline: str | None = None) -> ErasureCheck:
        self._may_erase(pipeline)
        return check_erasures(self.house, None if pipeline is None else frozenset({pipeline}))

    def _may_erase(self, pipeline: str | None) -> None:
        if pipeline is None:
            self.may_in_house(Right.ADMINISTER)
        else:
            self.may(Right.ADMINISTER, pipeline)
