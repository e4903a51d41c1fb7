"""ReplayVerbs over HTTP."""

from collections.abc import Sequence

from kingmaker.domain.replay import Holds, ReplayOutlook, ReplayRequest
from kingmaker.interfaces.client.awaited.speaking import AsyncSpeaking
from kingmaker.interfaces.client.call import get, get_text, post, post_once
from kingmaker.loop.replaying.result import ReplayResult


class AsyncReplays(AsyncSpeaking):
    """What `ReplayVerbs` says of each."""

    async def ask_replay(
        self,
        pipeline: str,
        *,
        from_month: str,
        to_month: str,
        every: str = "quarter",
        policies: Sequence[str] = ("never", "always", "point", "proven"),
        holds: Holds = Holds.REFUSE,
        key: str | None = None,
    ) -> ReplayRequest:
        wanted = {
            "from_month": from_month,
            "to_month": to_month,
            "every": every,
            "policies": list(policies),
            "holds": holds,
        }
        return await self.say(post_once(ReplayRequest, "pipelines", pipeline, "replays", key=key, **wanted))

    async def replay_outlook(
        self,
        pipeline: str,
        *,
        from_month: str | None = None,
        to_month: str | None = None,
        every: str = "quarter",
        policies: Sequence[str] = ("never", "always", "point", "proven"),
        holds: Holds = Holds.REFUSE,
    ) -> ReplayOutlook:
        wanted = {"from_month": from_month, "to_month": to_month, "every": every, "holds": holds}
        path = ("pipelines", pipeline, "replays", "outlook")
        return await self.say(get(ReplayOutlook, *path, policies=",".join(policies), **wanted))

    async def replays(
        self, *, pipeline: str | None = None, limit: int = 20, before: int | None = None
    ) -> list[ReplayRequest]:
        return await self.say(get(list[ReplayRequest], "replays", pipeline=pipeline, limit=limit, before=before))

    async def replay(self, number: int) -> ReplayRequest:
        return await self.say(get(ReplayRequest, "replays", number))

    async def replay_result(self, number: int) -> ReplayResult:
        return await self.say(get(ReplayResult, "replays", number, "result"))

    async def replay_page(self, number: int) -> bytes:
        return await self.say(get_text("text/html", "replays", number, "page"))

    async def cancel_replay(self, number: int, *, why: str) -> ReplayRequest:
        return await self.say(post(ReplayRequest, "replays", number, "cancel", why=why))
