"""Who is in force, and what people decide about it."""

from datetime import date, datetime
from typing import Protocol

from kingmaker.control.records import (
    Reign,
)
from kingmaker.domain.champion import ChampionTurn, ModelVersion
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.verdict import RecordedVerdict
from kingmaker.loop.figure_records import RunFigures
from kingmaker.loop.records import Accompanied, Budget


class ChampionVerbs(Protocol):
    def champion(self, pipeline: str, *, at: datetime | None = None) -> Reign | None:
        """Who is in force, or was at that moment; None when nobody is or was."""

    def history(self, pipeline: str) -> list[ChampionTurn]: ...

    def versions(self, pipeline: str) -> list[ModelVersion]: ...

    def version(self, pipeline: str, prefix: str) -> ModelVersion: ...

    def verdict(self, run: int) -> RecordedVerdict | None: ...

    def figures(self, pipeline: str, *, limit: int = 50, before: int | None = None) -> list[RunFigures]:
        """The few figures of each verdict as it was recorded, newest run first; `before` a run number, to page."""

    def approve(self, run: int, *, why: str) -> ChampionTurn:
        """Put a held run's version in force. Forbidden to whoever asked for the run (four eyes), unless they own the house."""

    def reject(self, run: int, *, why: str) -> RecordedVerdict: ...

    def promote(self, pipeline: str, version: str, *, expected_turn: int, why: str) -> ChampionTurn:
        """Put any published version in force, after proving it. Raises ChampionMoved when another turn is in force."""

    def roll_back(self, pipeline: str, *, to: str | None = None, why: str) -> ChampionTurn: ...

    def freeze(self, pipeline: str, *, why: str) -> Freeze: ...

    def lift_freeze(self, pipeline: str, *, why: str) -> Freeze: ...

    def freezes(self, pipeline: str) -> list[Freeze]: ...

    def add_shadow(self, pipeline: str, version: str, *, why: str) -> Accompanied: ...

    def stop_shadow(self, pipeline: str, version: str, *, why: str) -> Accompanied: ...

    def set_canary(self, pipeline: str, version: str, share: float, *, why: str) -> Accompanied: ...

    def stop_canary(self, pipeline: str, *, why: str) -> Accompanied: ...

    def budget(self, pipeline: str, *, today: date | None = None) -> Budget: ...

    def reset_budget(self, pipeline: str, *, as_of: date | None = None, why: str) -> Budget: ...
