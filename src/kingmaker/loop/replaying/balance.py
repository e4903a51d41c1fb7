"""The balance of a replay: what each champion was worth on the applicants it judged, and whether replacing paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

import numpy as np

from kingmaker.domain.verdict import Decision, VerdictReason
from kingmaker.loop.replaying.chronicle import Chronicle, Crowned, Published
from kingmaker.loop.replaying.looking_back import ModelAnswers, PeriodAnswer
from kingmaker.loop.replaying.result import (
    Means,
    Period,
    PolicyPeriod,
    PolicyResult,
    PolicyRun,
    Reign,
    Replacement,
    StepEnd,
)


@dataclass(frozen=True, slots=True)
class Hindsight:
    """The periods, every version that any policy published, and each model's answers by period."""

    periods: Sequence[Period]
    published: Sequence[Published]
    answers: Mapping[str, Mapping[int, PeriodAnswer]]

    def answer(self, published: Published, period: int) -> PeriodAnswer | None:
        return self.answers[published.model].get(period)

    def best(self, period: Period) -> Published | None:
        """The version with the lowest false kill among those published by the period's beginning."""
        known = [
            (answer.figures.false_kill, one.as_of, one.version, one)
            for one in self.published
            if one.as_of <= period.after and (answer := self.answer(one, period.number)) is not None
        ]
        return min(known, key=lambda entry: entry[:3])[3] if known else None


def hindsight_of(
    periods: Sequence[Period], chronicles: Sequence[Chronicle], answers: Sequence[ModelAnswers]
) -> Hindsight:
    return Hindsight(
        periods=periods,
        published=[one for chronicle in chronicles for one in chronicle.published],
        answers={one.model: {answer.period: answer for answer in one.periods} for one in answers},
    )


def balance_of(chronicle: Chronicle, hindsight: Hindsight) -> PolicyResult:
    """The policy's whole account."""
    in_force = {period.number: _in_force(chronicle.crowned, period) for period in hindsight.periods}
    periods = tuple(_policy_period(period, in_force[period.number], hindsight) for period in hindsight.periods)
    reigns = tuple(_reigns(chronicle.crowned, in_force, hindsight))
    replacements = [reign.hindsight for reign in reigns if reign.hindsight is not None]
    profits = [one.figures.profit for one in periods if one.figures]
    return PolicyResult(
        policy=chronicle.policy.value,
        pipeline=chronicle.pipeline,
        by_bads=_means(periods, [float(period.bads) for period in hindsight.periods]),
        by_period=_means(periods, [1.0] * len(periods)),
        profit=sum(profits) if profits else None,
        promotions=max(0, len(reigns) - 1),
        judged=len(replacements),
        worse=sum(one.is_worse for one in replacements),
        clearly_worse=sum(one.is_clearly_worse for one in replacements),
        holds=sum(_is_held(run) for run in chronicle.runs),
        refusals=sum(run.end is StepEnd.REFUSED for run in chronicle.runs),
        reigns=reigns,
        runs=chronicle.runs,
        periods=periods,
    )


def _is_held(run: PolicyRun) -> bool:
    """Held for a person; one that waits for its second look is not."""
    return run.decision == Decision.HOLD.value and run.reason != VerdictReason.AWAITING_SECOND_LOOK.value


def _in_force(crowned: Sequence[Crowned], period: Period) -> Crowned | None:
    """Who was in force on most of the period's days; of two with as many, the older. None before the first champion."""
    days = [(_days_shared(one.since, one.until, period), -one.turn, one) for one in crowned]
    days = [entry for entry in days if entry[0] > 0]
    return max(days, key=lambda entry: entry[:2])[2] if days else None


def _days_shared(since: date, until: date, period: Period) -> int:
    return (min(until, period.to) - max(since, period.after)).days


def _policy_period(period: Period, crowned: Crowned | None, hindsight: Hindsight) -> PolicyPeriod:
    answer = hindsight.answer(crowned.published, period.number) if crowned else None
    best = hindsight.best(period) if answer else None
    best_answer = hindsight.answer(best, period.number) if best else None
    lowest = best_answer.figures.false_kill if best_answer else None
    return PolicyPeriod(
        period=period.number,
        version=crowned.published.version if crowned else None,
        learner=crowned.published.learner if crowned else None,
        figures=answer.figures if answer else None,
        best_version=best.version if best else None,
        best_false_kill=lowest,
        regret=answer.figures.false_kill - lowest if answer and lowest is not None else None,
    )


def _reigns(
    crowned: Sequence[Crowned], in_force: Mapping[int, Crowned | None], hindsight: Hindsight
) -> Sequence[Reign]:
    return [
        Reign(
            turn=one.turn,
            since=one.since,
            until=one.until,
            version=one.published.version,
            learner=one.published.learner,
            run=one.run,
            sentence=one.sentence,
            hindsight=_replacement(one, before.published, in_force, hindsight) if before else None,
        )
        for before, one in zip((None, *crowned), crowned, strict=False)
    ]


def _replacement(
    new: Crowned, replaced: Published, in_force: Mapping[int, Crowned | None], hindsight: Hindsight
) -> Replacement | None:
    """Both on the periods that the new one judged. The difference of two paired rejections of a good is -1, 0 or 1."""
    goods, total, squares = 0, 0, 0
    for period, crowned in in_force.items():
        mine, theirs = hindsight.answer(new.published, period), hindsight.answer(replaced, period)
        if crowned is not new or mine is None or theirs is None:
            continue
        more, fewer = _only_in(mine, theirs), _only_in(theirs, mine)
        goods, total, squares = goods + mine.goods, total + more - fewer, squares + more + fewer
    if goods == 0:
        return None
    mean = total / goods
    return Replacement(
        replaced=replaced.version,
        goods=goods,
        difference=mean,
        standard_error=sqrt(max(0.0, squares / goods - mean * mean) / goods),
    )


def _only_in(one: PeriodAnswer, other: PeriodAnswer) -> int:
    """Goods whom `one` rejects and `other` does not."""
    mine, theirs = (np.frombuffer(answer.rejected, dtype=np.uint8) for answer in (one, other))
    return int(np.unpackbits(mine & ~theirs, count=one.goods).sum())


def _means(periods: Sequence[PolicyPeriod], weights: Sequence[float]) -> Means:
    judged = [(one, weight) for one, weight in zip(periods, weights, strict=True) if one.figures is not None]
    figures = [one.figures for one, _ in judged if one.figures is not None]
    mass = [weight for _, weight in judged]
    return Means(
        auc=_mean([one.auc for one in figures], mass),
        false_kill=_mean([one.false_kill for one in figures], mass),
        bad_rate=_mean([one.bad_rate for one in figures], mass),
        calibration_error=_mean([one.calibration_error for one in figures], mass),
        profit=_mean([one.profit for one in figures], mass),
        regret=_mean([one.regret or 0.0 for one, _ in judged], mass),
    )


def _mean(values: Sequence[float], weights: Sequence[float]) -> float | None:
    return float(np.average(values, weights=weights)) if values else None
