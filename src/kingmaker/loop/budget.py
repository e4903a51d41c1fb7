"""The error budget of a pipeline on a day: what a look at the test window may spend, when the next is due, who waits.

Days are the as-of dates of runs, never the clock, so that a replay of the past obeys the same rule. Nothing is written here.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from kingmaker.domain.champion import ChampionTurn, TurnReason
from kingmaker.domain.errors import KingmakerError, NotFound
from kingmaker.domain.look import BudgetReset, Look
from kingmaker.domain.verdict import VerdictReason
from kingmaker.loop.records import Budget, Waiting
from kingmaker.pipeline.parts import Span
from kingmaker.pipeline.policy import Policy
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.ports.house import House
from kingmaker.statistics.error_budget import DAYS_A_YEAR, Allowance, Spend, allowance

_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7}
_MOST_RUNS = 1000


def budget_of(house: House, policy: Policy, pipeline: str, *, today: date) -> Budget:
    """The budget on the as-of date `today`. Without a champion nothing has accrued yet, and nobody can be looked at beside it.

    A day before the last look's allows none: going back in time is no way to look again.
    """
    turns, resets = house.ledger.history(pipeline), house.ledger.budget_resets(pipeline)
    looks = house.ledger.looks(pipeline)
    accrues_from = _accrues_from(house, turns, resets, today)
    allowed = _allowance(policy, looks, resets, accrues_from=accrues_from, today=today)
    cool_until = span_after(_last_moved(house, turns[-1]), policy.cool_down) if len(turns) > 1 else None
    due = date.fromordinal(min(allowed.next_due, date.max.toordinal()))
    next_look = max(due, cool_until or due)
    waiting = _waiting(house, policy, looks, turns)
    return Budget(
        pipeline=pipeline,
        today=today,
        alpha=allowed.alpha if waiting is None and today >= next_look else 0.0,
        next_look=next_look,
        cooling_down_until=cool_until if cool_until and today < cool_until else None,
        looks=allowed.looks,
        spent=allowed.spent,
        yearly=policy.yearly_error,
        accrues_from=accrues_from,
        waiting=waiting,
        looks_taken=tuple(looks),
        resets=tuple(resets),
        promote=policy.promote.value,
    )


def newest_day(house: House, pipeline: str) -> date:
    """The latest as-of date of the pipeline's runs. Raises NotFound when it never ran."""
    days = [run.request.as_of for run in house.ledger.runs(pipeline, limit=_MOST_RUNS)]
    if not days:
        raise NotFound(f"no pipeline {pipeline!r} has run", remedy="`kingmaker runs` lists those that did.")
    return max(days)


def declared_policy(house: House, pipeline: str) -> Policy:
    """Of the newest declaration that was handed in; without one, as the newest run declared it.

    Raises NotFound for a pipeline that was never declared and never ran.
    """
    declared = house.ledger.declared(pipeline)
    if declared is not None:
        return parse_pipeline(declared.text, declared.declared_in).policy
    for run in house.ledger.runs(pipeline, limit=1):
        return parse_pipeline(run.request.declaration, run.request.declared_in).policy
    raise NotFound(f"no pipeline {pipeline!r} has run", remedy="`kingmaker runs` lists those that did.")


def reset_budget(house: House, pipeline: str, *, as_of: date | None, by: str, why: str) -> Budget:
    """Write the spent budget off: it accrues anew from that day, the latest there was a run of when none is named.

    Raises KingmakerError for a later day: what is not spent yet cannot be written off.
    """
    policy, newest = declared_policy(house, pipeline), newest_day(house, pipeline)
    day = as_of or newest
    if day > newest:
        raise KingmakerError(
            f"the budget cannot be written off as of {day}, a day after that of the newest run",
            where=pipeline,
            remedy=f"Name {newest}, or an earlier day.",
        )
    house.ledger.reset_budget(pipeline, as_of=day, by=by, why=why)
    return budget_of(house, policy, pipeline, today=day)


def span_after(day: date, span: Span) -> date:
    """The day that lies `span` after: a month after 31 January is the last day of February. At most the last day there is."""
    try:
        if span.unit in _DAYS:
            return day + timedelta(days=span.count * _DAYS[span.unit])
        year, month = divmod(day.year * 12 + day.month - 1 + span.count * _MONTHS[span.unit], 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return date.max


def _accrues_from(house: House, turns: Sequence[ChampionTurn], resets: Sequence[BudgetReset], today: date) -> date:
    if not turns:
        return today
    return resets[-1].as_of if resets else _published_as_of(house, turns[0])


def _published_as_of(house: House, turn: ChampionTurn) -> date:
    """The as-of date of the run that published the turn's version."""
    run = house.ledger.version(turn.pipeline, turn.version).run
    return house.ledger.run(run).request.as_of


def _allowance(
    policy: Policy, looks: Sequence[Look], resets: Sequence[BudgetReset], *, accrues_from: date, today: date
) -> Allowance:
    counted = [look for look in looks if look.confirms is None and not (resets and look.as_of < resets[-1].as_of)]
    return allowance(
        [Spend(look.as_of.toordinal(), look.alpha) for look in counted],
        accrues_from=accrues_from.toordinal(),
        today=today.toordinal(),
        yearly=policy.yearly_error,
        looks_per_year=policy.looks_per_year,
    )


def _last_moved(house: House, turn: ChampionTurn) -> date:
    """The day from which the newest turn cools down.

    A version that was promoted or approved: the as-of date of the run that published it. A roll-back has no run of its own:
    the as-of date of the newest run that had been started by then, and the day of the roll-back itself when there is none.
    """
    if turn.reason is not TurnReason.ROLLED_BACK:
        return _published_as_of(house, turn)
    runs = house.ledger.runs(turn.pipeline, limit=_MOST_RUNS)
    return next((run.request.as_of for run in runs if run.started_at <= turn.since), turn.since.date())


def _waiting(house: House, policy: Policy, looks: Sequence[Look], turns: Sequence[ChampionTurn]) -> Waiting | None:
    """The challenger of the newest look, while its verdict waits for a second one and it was compared with today's champion."""
    if not looks or not turns:
        return None
    newest = looks[-1]
    recorded = house.ledger.verdict(newest.run)
    if recorded is None or recorded.settlement is not None or newest.champion != turns[-1].version:
        return None
    if recorded.verdict.reason is not VerdictReason.AWAITING_SECOND_LOOK:
        return None
    return Waiting(
        run=newest.run,
        look=newest.number,
        alpha=newest.alpha,
        artefact=newest.artefact,
        due=newest.as_of + timedelta(days=max(1, DAYS_A_YEAR // policy.looks_per_year)),
    )
