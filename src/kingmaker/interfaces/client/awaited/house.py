"""HouseVerbs over HTTP."""

from collections.abc import Sequence

from kingmaker.control.records import AuditProof
from kingmaker.domain.champion import AuditEntry
from kingmaker.domain.erasure import Erasure, ErasureCheck
from kingmaker.domain.notice import Notice
from kingmaker.interfaces.client.awaited.speaking import AsyncSpeaking
from kingmaker.interfaces.client.call import at_leisure, get, post
from kingmaker.loop.records import Check


class AsyncHouse(AsyncSpeaking):
    """What `HouseVerbs` says of each."""

    async def audit(
        self,
        *,
        limit: int = 100,
        before: int | None = None,
        by: str | None = None,
        action: str | None = None,
        subject: str | None = None,
    ) -> list[AuditEntry]:
        asked = {"limit": limit, "before": before, "by": by, "action": action, "subject": subject}
        return await self.say(get(list[AuditEntry], "audit", **asked))

    async def verify_audit(self) -> AuditProof:
        return await self.say(at_leisure(get(AuditProof, "audit", "proof")))

    async def notices(self, *, pipeline: str | None = None, limit: int = 50, before: int | None = None) -> list[Notice]:
        return await self.say(get(list[Notice], "notices", pipeline=pipeline, limit=limit, before=before))

    async def doctor(self) -> list[Check]:
        return await self.say(at_leisure(get(list[Check], "doctor")))

    async def sweep(self, *, dry: bool = False) -> dict[str, int]:
        return await self.say(at_leisure(post(dict[str, int], "sweep", dry=dry)))

    async def erase(
        self,
        customer: str,
        *,
        why: str,
        pipeline: str | None = None,
        applications: Sequence[str] = (),
        dry: bool = False,
    ) -> list[Erasure]:
        said = {"customer": customer, "why": why, "applications": list(applications), "dry": dry}
        if pipeline is not None:
            said["pipeline"] = pipeline
        return await self.say(at_leisure(post(list[Erasure], "erasures", **said)))

    async def erasures(self, *, pipeline: str | None = None, limit: int = 100) -> list[Erasure]:
        return await self.say(get(list[Erasure], "erasures", pipeline=pipeline, limit=limit))

    async def check_erasures(self, *, pipeline: str | None = None) -> ErasureCheck:
        return await self.say(at_leisure(get(ErasureCheck, "erasures", "check", pipeline=pipeline)))
