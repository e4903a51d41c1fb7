"""Whether a run may open the test window under the proven rule, at what level, and for whom."""

from dataclasses import dataclass
from datetime import date

from kingmaker.domain.errors import NotFound
from kingmaker.domain.look import Look
from kingmaker.domain.run import Lease
from kingmaker.loop.budget import budget_of
from kingmaker.loop.records import Budget
from kingmaker.loop.selection import Finalist, selection_from_json
from kingmaker.pipeline.declaration import Policy, Promote
from kingmaker.ports.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The terms on which the test window is opened. `confirms` numbers the look that is repeated, None for a first one."""

    alpha: float
    confirms: int | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """Why it stays closed."""

    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorkeeper:
    """Answers for one run, whose lease it holds; `today` is the run's as-of date. A look is written down before it is taken."""

    house: House
    policy: Policy
    pipeline: str
    lease: Lease
    today: date

    def challenger_to_confirm(self) -> Finalist | None:
        """The challenger that passed its first look and whose second falls to this run, instead of a search of its own."""
        own = self._own_look()
        if own is not None:
            return self._finalist_of(own.confirms) if own.confirms else None
        if self.policy.promote is not Promote.PROVEN:
            return None
        waiting = self._budget().waiting
        return self._finalist_of(waiting.look) if waiting and waiting.due <= self.today else None

    def open(self, artefact: str, champion: str) -> Opening | Closed:
        """Open the window for a trial, or say why not. Asked again by the same run, the answer is the same."""
        own = self._own_look()
        if own is None:
            found = self._terms(artefact)
            if isinstance(found, Closed):
                return found
            own = self.house.ledger.open_look(
                self.lease,
                as_of=self.today,
                artefact=artefact,
                champion=champion,
                alpha=found.alpha,
                confirms=found.confirms,
            )
        return Opening(alpha=own.alpha, confirms=own.confirms)

    def _terms(self, artefact: str) -> Opening | Closed:
        budget = self._budget()
        waiting = budget.waiting
        if waiting is not None:
            if waiting.artefact == artefact and waiting.due <= self.today:
                return Opening(alpha=waiting.alpha, confirms=waiting.look)
            return Closed(
                f"The challenger of run {waiting.run} has passed its first look and waits for its second, due on "
                f"{waiting.due.isoformat()}; until then this run trains and records."
            )
        if budget.alpha <= 0.0:
            return Closed(_not_due(budget))
        return Opening(alpha=budget.alpha)

    def _budget(self) -> Budget:
        return budget_of(self.house, self.policy, self.pipeline, today=self.today)

    def _own_look(self) -> Look | None:
        return next((look for look in self.house.ledger.looks(self.pipeline) if look.run == self.lease.run), None)

    def _finalist_of(self, number: int) -> Finalist | None:
        look = next(look for look in self.house.ledger.looks(self.pipeline) if look.number == number)
        recorded, vault = self.house.ledger.verdict(look.run), self.house.vault
        if recorded is None:
            return None
        finalist = selection_from_json(vault.read(recorded.evidence)).finalist if vault.has(recorded.evidence) else None
        if finalist is None or not (vault.has(finalist.model) and vault.has(finalist.recipe)):
            raise NotFound(
                f"the challenger of run {look.run}, which waits for its second look, is gone from the vault",
                remedy=f"Restore the vault, or end the wait: `kingmaker reject {look.run} --why ...`.",
            )
        return finalist


def _not_due(budget: Budget) -> str:
    why = (
        f"the champion was put in force less than the cool-down ago, until {budget.cooling_down_until.isoformat()}"
        if budget.cooling_down_until
        else f"{budget.looks} looks were taken in the last year, and they have their distance"
    )
    return (
        f"The next look at a test window is due on {budget.next_look.isoformat()} ({why}): this run trained and recorded, "
        f"and the window stayed closed."
    )
