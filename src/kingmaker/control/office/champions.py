"""ChampionVerbs over this machine's house."""

from datetime import date, datetime

from kingmaker.control.office.room import Room
from kingmaker.control.records import Reign
from kingmaker.domain.champion import ChampionTurn, ModelVersion
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.verdict import RecordedVerdict
from kingmaker.loop.records import Accompanied, Budget


class ChampionsOffice(Room):
    """ChampionVerbs, allowed or refused by who asks."""

    def champion(self, pipeline: str, *, at: datetime | None = None) -> Reign | None:
        raise NotImplementedError

    def history(self, pipeline: str) -> list[ChampionTurn]:
        raise NotImplementedError

    def versions(self, pipeline: str) -> list[ModelVersion]:
        raise NotImplementedError

    def version(self, pipeline: str, prefix: str) -> ModelVersion:
        raise NotImplementedError

    def verdict(self, run: int) -> RecordedVerdict | None:
        raise NotImplementedError

    def approve(self, run: int, *, why: str) -> ChampionTurn:
        raise NotImplementedError

    def reject(self, run: int, *, why: str) -> RecordedVerdict:
        raise NotImplementedError

    def promote(self, pipeline: str, version: str, *, expected_turn: int, why: str) -> ChampionTurn:
        raise NotImplementedError

    def roll_back(self, pipeline: str, *, to: str | None = None, why: str) -> ChampionTurn:
        raise NotImplementedError

    def freeze(self, pipeline: str, *, why: str) -> Freeze:
        raise NotImplementedError

    def lift_freeze(self, pipeline: str, *, why: str) -> Freeze:
        raise NotImplementedError

    def freezes(self, pipeline: str) -> list[Freeze]:
        raise NotImplementedError

    def add_shadow(self, pipeline: str, version: str, *, why: str) -> Accompanied:
        raise NotImplementedError

    def stop_shadow(self, pipeline: str, version: str, *, why: str) -> Accompanied:
        raise NotImplementedError

    def set_canary(self, pipeline: str, version: str, share: float, *, why: str) -> Accompanied:
        raise NotImplementedError

    def stop_canary(self, pipeline: str, *, why: str) -> Accompanied:
        raise NotImplementedError

    def budget(self, pipeline: str, *, today: date | None = None) -> Budget:
        raise NotImplementedError

    def reset_budget(self, pipeline: str, *, as_of: date | None = None, why: str) -> Budget:
        raise NotImplementedError
