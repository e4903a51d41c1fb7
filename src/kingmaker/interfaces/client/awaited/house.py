"""HouseVerbs over HTTP."""

from kingmaker.control.records import AuditProof
from kingmaker.domain.champion import AuditEntry
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
