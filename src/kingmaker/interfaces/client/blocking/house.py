"""HouseVerbs over HTTP."""
# Written by docs/generate_client.py from awaited/house.py: change that file, and run it.

from collections.abc import Sequence

from kingmaker.control.records import AuditProof
from kingmaker.domain.champion import AuditEntry
from kingmaker.domain.erasure import Erasure, ErasureCheck
from kingmaker.domain.notice import Notice
from kingmaker.interfaces.client.blocking.speaking import Speaking
from kingmaker.interfaces.client.call import at_leisure, get, post
from kingmaker.loop.records import Check


class House(Speaking):
    """What `HouseVerbs` says of each."""

    def audit(
        self,
        *,
        limit: int = 100,
        before: int | None = None,
        by: str | None = None,
        action: str | None = None,
        subject: str | None = None,
    ) -> list[AuditEntry]:
        asked = {"limit": limit, "before": before, "by": by, "action": action, "subject": subject}
        return self.say(get(list[AuditEntry], "audit", **asked))

    def verify_audit(self) -> AuditProof:
        return self.say(at_leisure(get(AuditProof, "audit", "proof")))

    def notices(self, *, pipeline: str | None = None, limit: int = 50, before: int | None = None) -> list[Notice]:
        return self.say(get(list[Notice], "notices", pipeline=pipeline, limit=limit, before=before))

    def doctor(self) -> list[Check]:
        return self.say(at_leisure(get(list[Check], "doctor")))

    def sweep(self, *, dry: bool = False) -> dict[str, int]:
        return self.say(at_leisure(post(dict[str, int], "sweep", dry=dry)))

    def erase(
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
        return self.say(at_leisure(post(list[Erasure], "erasures", **said)))

    def erasures(self, *, pipeline: str | None = None, limit: int = 100) -> list[Erasure]:
        return self.say(get(list[Erasure], "erasures", pipeline=pipeline, limit=limit))

    def check_erasures(self, *, pipeline: str | None = None) -> ErasureCheck:
        return self.say(at_leisure(get(ErasureCheck, "erasures", "check", pipeline=pipeline)))
