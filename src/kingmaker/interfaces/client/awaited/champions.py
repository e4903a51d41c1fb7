"""ChampionVerbs over HTTP."""

from datetime import date, datetime

from kingmaker.control.records import Reign
from kingmaker.domain.champion import ChampionTurn, ModelVersion
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.verdict import RecordedVerdict
from kingmaker.interfaces.client.awaited.speaking import AsyncSpeaking
from kingmaker.interfaces.client.call import at_leisure, get, get_if_any, post
from kingmaker.loop.figure_records import RunFigures
from kingmaker.loop.records import Accompanied, Budget


class AsyncChampions(AsyncSpeaking):
    """What `ChampionVerbs` says of each."""

    async def champion(self, pipeline: str, *, at: datetime | None = None) -> Reign | None:
        return await self.say(get_if_any(Reign, "pipelines", pipeline, "champion", at=at))

    async def history(self, pipeline: str) -> list[ChampionTurn]:
        return await self.say(get(list[ChampionTurn], "pipelines", pipeline, "history"))

    async def versions(self, pipeline: str) -> list[ModelVersion]:
        return await self.say(get(list[ModelVersion], "pipelines", pipeline, "versions"))

    async def version(self, pipeline: str, prefix: str) -> ModelVersion:
        return await self.say(get(ModelVersion, "pipelines", pipeline, "versions", prefix))

    async def verdict(self, run: int) -> RecordedVerdict | None:
        return await self.say(get_if_any(RecordedVerdict, "runs", run, "verdict"))

    async def figures(self, pipeline: str, *, limit: int = 50, before: int | None = None) -> list[RunFigures]:
        return await self.say(get(list[RunFigures], "pipelines", pipeline, "figures", limit=limit, before=before))

    async def approve(self, run: int, *, why: str) -> ChampionTurn:
        return await self.say(at_leisure(post(ChampionTurn, "runs", run, "approve", why=why)))

    async def reject(self, run: int, *, why: str) -> RecordedVerdict:
        return await self.say(post(RecordedVerdict, "runs", run, "reject", why=why))

    async def promote(self, pipeline: str, version: str, *, expected_turn: int, why: str) -> ChampionTurn:
        said = {"version": version, "expected_turn": expected_turn, "why": why}
        return await self.say(at_leisure(post(ChampionTurn, "pipelines", pipeline, "promote", **said)))

    async def roll_back(self, pipeline: str, *, to: str | None = None, why: str) -> ChampionTurn:
        return await self.say(at_leisure(post(ChampionTurn, "pipelines", pipeline, "rollback", to=to, why=why)))

    async def freeze(self, pipeline: str, *, why: str) -> Freeze:
        return await self.say(post(Freeze, "pipelines", pipeline, "freeze", why=why))

    async def lift_freeze(self, pipeline: str, *, why: str) -> Freeze:
        return await self.say(post(Freeze, "pipelines", pipeline, "lift-freeze", why=why))

    async def freezes(self, pipeline: str) -> list[Freeze]:
        return await self.say(get(list[Freeze], "pipelines", pipeline, "freezes"))

    async def add_shadow(self, pipeline: str, version: str, *, why: str) -> Accompanied:
        return await self.say(post(Accompanied, "pipelines", pipeline, "shadows", version=version, why=why))

    async def stop_shadow(self, pipeline: str, version: str, *, why: str) -> Accompanied:
        return await self.say(post(Accompanied, "pipelines", pipeline, "shadows", "stop", version=version, why=why))

    async def set_canary(self, pipeline: str, version: str, share: float, *, why: str) -> Accompanied:
        return await self.say(post(Accompanied, "pipelines", pipeline, "canary", version=version, share=share, why=why))

    async def stop_canary(self, pipeline: str, *, why: str) -> Accompanied:
        return await self.say(post(Accompanied, "pipelines", pipeline, "canary", "stop", why=why))

    async def budget(self, pipeline: str, *, today: date | None = None) -> Budget:
        return await self.say(get(Budget, "pipelines", pipeline, "budget", today=today))

    async def reset_budget(self, pipeline: str, *, as_of: date | None = None, why: str) -> Budget:
        return await self.say(post(Budget, "pipelines", pipeline, "budget", "reset", as_of=as_of, why=why))
