"""Two successive looks, between nights: whoever passes the first look waits a spacing for the second, alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from kingmaker.pipeline.declaration import Policy
from kingmaker.statistics.error_budget import DAYS_A_YEAR, Spend, allowance

Artefact = TypeVar("Artefact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Generic[Artefact]):
    """An artefact that passed its first look, at which level, and the day of its second."""

    artefact: Artefact
    alpha: float
    due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Generic[Artefact]):
    """What the rule remembers from night to night."""

    spends: tuple[Spend, ...] = ()
    waiting: Waiting[Artefact] | None = None
    cool_until: int = 0


def night(
    standing: Standing[Artefact],
    *,
    today: int,
    finalist: Artefact,
    policy: Policy,
    passes: Callable[[Artefact, float], bool],
) -> tuple[Standing[Artefact], Artefact | None]:
    """The standing after tonight, and whoever is promoted. `passes` opens the test window for an artefact at a level."""
    if today < standing.cool_until:
        return standing, None
    if standing.waiting is not None:
        return _second(standing, standing.waiting, today=today, policy=policy, passes=passes)
    level = allowance(
        standing.spends,
        accrues_from=0,
        today=today,
        yearly=policy.yearly_error,
        looks_per_year=policy.looks_per_year,
    ).alpha
    if level <= 0.0:
        return standing, None
    looked = replace(standing, spends=(*standing.spends, Spend(today, level)))
    if not passes(finalist, level):
        return looked, None
    if policy.looks_to_pass == 1:
        return _promoted(looked, today, policy), finalist
    due = today + DAYS_A_YEAR // policy.looks_per_year
    return replace(looked, waiting=Waiting(artefact=finalist, alpha=level, due=due)), None


def _second(
    standing: Standing[Artefact],
    waiting: Waiting[Artefact],
    *,
    today: int,
    policy: Policy,
    passes: Callable[[Artefact, float], bool],
) -> tuple[Standing[Artefact], Artefact | None]:
    if today < waiting.due:
        return standing, None
    over = replace(standing, waiting=None)
    if not passes(waiting.artefact, waiting.alpha):
        return over, None
    return _promoted(over, today, policy), waiting.artefact


def _promoted(standing: Standing[Artefact], today: int, policy: Policy) -> Standing[Artefact]:
    return replace(standing, cool_until=today + policy.cool_down.count)
