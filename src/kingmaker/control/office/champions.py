"""ChampionVerbs over this machine's house."""

from datetime import UTC, date, datetime

from kingmaker.control.four_eyes import refuse_own
from kingmaker.control.office.room import Room
from kingmaker.control.records import Reign
from kingmaker.domain.access import Right
from kingmaker.domain.champion import ChampionTurn, ModelVersion
from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.verdict import RecordedVerdict
from kingmaker.loop import budget, companions, reign
from kingmaker.loop.figure_records import RunFigures
from kingmaker.loop.figures import figures_of
from kingmaker.loop.records import Accompanied, Budget


class ChampionsOffice(Room):
    """ChampionVerbs, allowed or refused by who asks."""

    def champion(self, pipeline: str, *, at: datetime | None = None) -> Reign | None:
        self._may_of_known(Right.SEE, pipeline)
        moment = _in_utc(at) if at is not None else None
        turn = self.house.ledger.champion(pipeline, at=moment)
        if turn is None:
            return None
        return Reign(
            pipeline=pipeline,
            turn=turn,
            companions=companions.companions_at(self.house, pipeline, moment),
            frozen=self.house.ledger.frozen(pipeline),
        )

    def history(self, pipeline: str) -> list[ChampionTurn]:
        return self.house.ledger.history(self._may_of_known(Right.SEE, pipeline))

    def versions(self, pipeline: str) -> list[ModelVersion]:
        return self.house.ledger.versions(self._may_of_known(Right.SEE, pipeline))

    def version(self, pipeline: str, prefix: str) -> ModelVersion:
        return self.house.ledger.version(self._may_of_known(Right.SEE, pipeline), prefix)

    def verdict(self, run: int) -> RecordedVerdict | None:
        self.may_on_run(Right.SEE, run)
        return self.house.ledger.verdict(run)

    def figures(self, pipeline: str, *, limit: int = 50, before: int | None = None) -> list[RunFigures]:
        return figures_of(self.house, self._may_of_known(Right.SEE, pipeline), limit=limit, before=before)

    def approve(self, run: int, *, why: str) -> ChampionTurn:
        """Raises Forbidden for a run that `who` asked for themselves: two people decide, unless one owns the house."""
        known = self.may_on_run(Right.DECIDE, run)
        refuse_own(self.who, known)
        return reign.approve(self.house, run, by=self.who.name, why=self.reason(why))

    def reject(self, run: int, *, why: str) -> RecordedVerdict:
        """Also of a run that `who` asked for themselves: a refusal changes nothing that is in force."""
        self.may_on_run(Right.DECIDE, run)
        return reign.reject(self.house, run, by=self.who.name, why=self.reason(why))

    def promote(self, pipeline: str, version: str, *, expected_turn: int, why: str) -> ChampionTurn:
        """Raises Forbidden for the version of a run that `who` asked for themselves, as `approve` does."""
        self._may_of_known(Right.DECIDE, pipeline)
        chosen = self.house.ledger.version(pipeline, version)
        refuse_own(self.who, self.house.ledger.run(chosen.run))
        return reign.promote(
            self.house,
            pipeline,
            chosen.version,
            expected_turn=expected_turn,
            by=self.who.name,
            why=self.reason(why),
        )

    def roll_back(self, pipeline: str, *, to: str | None = None, why: str) -> ChampionTurn:
        """One person is enough, whoever asked for the run: the way back must not wait. A freeze does not hinder it."""
        self._may_of_known(Right.DECIDE, pipeline)
        return reign.roll_back(self.house, pipeline, to=to, by=self.who.name, why=self.reason(why))

    def freeze(self, pipeline: str, *, why: str) -> Freeze:
        self._may_of_known(Right.DECIDE, pipeline)
        return self.house.ledger.freeze(pipeline, by=self.who.name, why=self.reason(why))

    def lift_freeze(self, pipeline: str, *, why: str) -> Freeze:
        self._may_of_known(Right.DECIDE, pipeline)
        return self.house.ledger.lift_freeze(pipeline, by=self.who.name, why=self.reason(why))

    def freezes(self, pipeline: str) -> list[Freeze]:
        return self.house.ledger.freezes(self._may_of_known(Right.SEE, pipeline))

    def add_shadow(self, pipeline: str, version: str, *, why: str) -> Accompanied:
        self._may_of_known(Right.DECIDE, pipeline)
        return companions.add_shadow(self.house, pipeline, version, by=self.who.name, why=self.reason(why))

    def stop_shadow(self, pipeline: str, version: str, *, why: str) -> Accompanied:
        self._may_of_known(Right.DECIDE, pipeline)
        return companions.stop_shadow(self.house, pipeline, version, by=self.who.name, why=self.reason(why))

    def set_canary(self, pipeline: str, version: str, share: float, *, why: str) -> Accompanied:
        """Raises KingmakerError for a share that does not lie in (0, 1)."""
        self._may_of_known(Right.DECIDE, pipeline)
        if not 0.0 < share < 1.0:
            raise KingmakerError(
                f"a canary cannot answer for a share of {share}",
                remedy="Say how many of the applications it answers for: more than 0, less than 1.",
            )
        return companions.set_canary(self.house, pipeline, version, share, by=self.who.name, why=self.reason(why))

    def stop_canary(self, pipeline: str, *, why: str) -> Accompanied:
        self._may_of_known(Right.DECIDE, pipeline)
        return companions.stop_canary(self.house, pipeline, by=self.who.name, why=self.reason(why))

    def budget(self, pipeline: str, *, today: date | None = None) -> Budget:
        self._may_of_known(Right.SEE, pipeline)
        policy = budget.declared_policy(self.house, pipeline)
        day = today or budget.newest_day(self.house, pipeline)
        return budget.budget_of(self.house, policy, pipeline, today=day)

    def reset_budget(self, pipeline: str, *, as_of: date | None = None, why: str) -> Budget:
        self._may_of_known(Right.DECIDE, pipeline)
        return budget.reset_budget(self.house, pipeline, as_of=as_of, by=self.who.name, why=self.reason(why))

    def _may_of_known(self, right: Right, pipeline: str) -> str:
        """As `may`, and NotFound also for a pipeline that never ran and was never declared."""
        self.may(right, pipeline)
        ledger = self.house.ledger
        if not ledger.runs(pipeline, limit=1) and ledger.declared(pipeline) is None:
            raise self.no_such_pipeline(pipeline)
        return pipeline


def _in_utc(moment: datetime) -> datetime:
    """UTC where it names no zone. Raises KingmakerError beyond the calendar's ends."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise KingmakerError(
            f"{moment} is not a moment in UTC", remedy="Name one within the years 1 to 9999."
        ) from None
