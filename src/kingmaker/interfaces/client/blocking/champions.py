"""ChampionVerbs over HTTP."""
# Written by docs/generate_client.py from awaited/champions.py: change that file, and run it.

from datetime import date, datetime

from kingmaker.control.records import Reign
from kingmaker.domain.champion import ChampionTurn, ModelVersion
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.verdict import RecordedVerdict
from kingmaker.interfaces.client.blocking.speaking import Speaking
from kingmaker.interfaces.client.call import at_leisure, get, get_if_any, post
from kingmaker.loop.figure_records import RunFigures
from kingmaker.loop.records import Accompanied, Budget


class Champions(Speaking):
    """What `ChampionVerbs` says of each."""

    def champion(self, pipeline: str, *, at: datetime | None = None) -> Reign | None:
        return self.say(get_if_any(Reign, "pipelines", pipeline, "champion", at=at))

    def history(self, pipeline: str) -> list[ChampionTurn]:
        return self.say(get(list[ChampionTurn], "pipelines", pipeline, "history"))

    def versions(self, pipeline: str) -> list[ModelVersion]:
        return self.say(get(list[ModelVersion], "pipelines", pipeline, "versions"))

    def version(self, pipeline: str, prefix: str) -> ModelVersion:
        return self.say(get(ModelVersion, "pipelines", pipeline, "versions", prefix))

    def verdict(self, run: int) -> RecordedVerdict | None:
        return self.say(get_if_any(RecordedVerdict, "runs", run, "verdict"))

    def figures(self, pipeline: str, *, limit: int = 50, before: int | None = None) -> list[RunFigures]:
        return self.say(get(list[RunFigures], "pipelines", pipeline, "figures", limit=limit, before=before))

    def approve(self, run: int, *, why: str) -> ChampionTurn:
        return self.say(at_leisure(post(ChampionTurn, "runs", run, "approve", why=why)))

    def reject(self, run: int, *, why: str) -> RecordedVerdict:
        return self.say(post(RecordedVerdict, "runs", run, "reject", why=why))

    def promote(self, pipeline: str, version: str, *, expected_turn: int, why: str) -> ChampionTurn:
        said = {"version": version, "expected_turn": expected_turn, "why": why}
        return self.say(at_leisure(post(ChampionTurn, "pipelines", pipeline, "promote", **said)))

    def roll_back(self, pipeline: str, *, to: str | None = None, why: str) -> ChampionTurn:
        return self.say(at_leisure(post(ChampionTurn, "pipelines", pipeline, "rollback", to=to, why=why)))

    def freeze(self, pipeline: str, *, why: str) -> Freeze:
        return self.say(post(Freeze, "pipelines", pipeline, "freeze", why=why))

    def lift_freeze(self, pipeline: str, *, why: str) -> Freeze:
        return self.say(post(Freeze, "pipelines", pipeline, "lift-freeze", why=why))

    def freezes(self, pipeline: str) -> list[Freeze]:
        return self.say(get(list[Freeze], "pipelines", pipeline, "freezes"))

    def add_shadow(self, pipeline: str, version: str, *, why: str) -> Accompanied:
        return self.say(post(Accompanied, "pipelines", pipeline, "shadows", version=version, why=why))

    def stop_shadow(self, pipeline: str, version: str, *, why: str) -> Accompanied:
        return self.say(post(Accompanied, "pipelines", pipeline, "shadows", "stop", version=version, why=why))

    def set_canary(self, pipeline: str, version: str, share: float, *, why: str) -> Accompanied:
        return self.say(post(Accompanied, "pipelines", pipeline, "canary", version=version, share=share, why=why))

    def stop_canary(self, pipeline: str, *, why: str) -> Accompanied:
        return self.say(post(Accompanied, "pipelines", pipeline, "canary", "stop", why=why))

    def budget(self, pipeline: str, *, today: date | None = None) -> Budget:
        return self.say(get(Budget, "pipelines", pipeline, "budget", today=today))

    def reset_budget(self, pipeline: str, *, as_of: date | None = None, why: str) -> Budget:
        return self.say(post(Budget, "pipelines", pipeline, "budget", "reset", as_of=as_of, why=why))
