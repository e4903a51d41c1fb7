"""Constructed replays of several shapes: every figure follows from the period, the policy and a seed, none is special."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from math import sin

import numpy as np

from kingmaker.domain.verdict import VerdictReason
from kingmaker.loop.replaying.calendar import every_of
from kingmaker.loop.replaying.result import (
    Figures,
    Means,
    Period,
    PolicyPeriod,
    PolicyResult,
    PolicyRun,
    Reign,
    Replacement,
    ReplayResult,
    StepEnd,
)

POLICIES = ("never", "always", "point", "proven")
LEARNERS = ("scorecard", "xgboost", "lightgbm", "ebm")
PACE = {"never": 0, "always": 1, "point": 3, "proven": 7, "manual": 9}
"""A policy promotes at every so many dates."""


def replayed(
    dates: int = 52,
    every: str = "quarter",
    policies: tuple[str, ...] = POLICIES,
    *,
    first: date = date(1998, 3, 31),
    amount: str | None = "GrAppv",
    without_bads: tuple[int, ...] = (),
    refused: tuple[int, ...] = (),
    promoting: bool = True,
) -> ReplayResult:
    """`without_bads` and `refused` are numbers of periods and dates."""
    distance = every_of(every)
    days = tuple(distance.after(first, index) for index in range(dates))
    ends = (*days[1:], distance.after(first, dates))
    periods = tuple(
        Period(
            number=index, after=after, to=to, rows=2_000 + 7 * index, bads=0 if index in without_bads else _bads(index)
        )
        for index, (after, to) in enumerate(zip(days, ends, strict=True))
    )
    return ReplayResult(
        name="sba-1f3c77aa",
        home="homes/replays",
        pipeline="sba",
        first=days[0],
        last=days[-1],
        every=str(distance),
        seed=7,
        holds="refuse",
        approval_rate=0.7,
        amount=amount,
        known_until=date(2014, 12, 31),
        dates=days,
        periods=periods,
        policies=tuple(_policy(policy, days, periods, refused, promoting=promoting) for policy in policies),
    )


def unjudged(result: ReplayResult) -> ReplayResult:
    """The same decisions, of which nothing became known."""
    nothing = Means(auc=None, false_kill=None, bad_rate=None, calibration_error=None, profit=None, regret=None)
    return replace(
        result,
        periods=tuple(replace(period, rows=0, bads=0) for period in result.periods),
        policies=tuple(
            replace(
                policy,
                by_bads=nothing,
                by_period=nothing,
                profit=None,
                judged=0,
                worse=0,
                clearly_worse=0,
                reigns=tuple(replace(reign, hindsight=None) for reign in policy.reigns),
                periods=tuple(
                    replace(one, figures=None, best_version=None, best_false_kill=None, regret=None)
                    for one in policy.periods
                ),
            )
            for policy in result.policies
        ),
    )


def _policy(
    name: str, days: tuple[date, ...], periods: tuple[Period, ...], refused: tuple[int, ...], *, promoting: bool
) -> PolicyResult:
    runs = tuple(_run(name, index, day, refused, promoting=promoting) for index, day in enumerate(days))
    crowned = [index for index, run in enumerate(runs) if run.decision == "promote"]
    in_force = [max((index for index in crowned if index <= period.number), default=None) for period in periods]
    judged = tuple(_judged(name, period, at) for period, at in zip(periods, in_force, strict=True))
    reigns = tuple(_reign(name, turn, crowned, periods, judged, in_force, runs) for turn in range(len(crowned)))
    known = [reign.hindsight for reign in reigns if reign.hindsight]
    figures = [(one.figures, periods[one.period].bads) for one in judged if one.figures]
    return PolicyResult(
        policy=name,
        pipeline=f"sba-1f3c77aa-{name}",
        by_bads=_means([(one, float(bads)) for one, bads in figures], judged),
        by_period=_means([(one, 1.0) for one, _ in figures], judged),
        profit=sum(one.profit for one, _ in figures) if figures else None,
        promotions=max(0, len(reigns) - 1),
        judged=len(known),
        worse=sum(one.is_worse for one in known),
        clearly_worse=sum(one.is_clearly_worse for one in known),
        holds=sum(run.decision == "hold" for run in runs),
        refusals=sum(run.end is StepEnd.REFUSED for run in runs),
        reigns=reigns,
        runs=runs,
        periods=judged,
    )


def _run(name: str, index: int, day: date, refused: tuple[int, ...], *, promoting: bool) -> PolicyRun:
    made = PolicyRun(
        as_of=day,
        end=StepEnd.DECIDED,
        number=10 * index + 3 + sorted(PACE).index(name),
        reason=VerdictReason.NOT_PROVEN_BETTER.value,
        decision="reject",
        sentence="Not proven better. At 70 % approval the challenger rejects 27.8 % of the good customers, the champion "
        f"28.4 %: {0.4 + index / 100:.2f} ± 0.76 points better (p 0.21; 0.013 and 0.20 points are demanded).",
        confirms=False,
        learner=None,
        candidate=None,
    )
    first = min(at for at in range(10_000) if at not in refused)
    pace = PACE[name] if promoting else 0
    if index in refused:
        told = f"The loans as of {day} were refused: fewer than 500 bads have matured."
        return replace(made, end=StepEnd.REFUSED, reason="data_refused", decision=None, sentence=told)
    if index == first or (pace and index % pace == 0):
        reason = VerdictReason.REPLACED if index == first or name == "always" else VerdictReason.PROVEN_BETTER
        told = (
            "This pipeline replaces at every run, whatever the gates and the champion say."
            if reason is VerdictReason.REPLACED
            else f"Both differences are proven: false kill {0.5 + index / 50:.2f} points, AUC +.{10 + index:03d}."
        )
        learner = LEARNERS[(index // 8) % 4]
        return replace(
            made,
            reason=reason.value,
            decision="promote",
            sentence=told,
            learner=learner,
            candidate=version(name, index),
        )
    if name == "never":
        return replace(
            made,
            end=StepEnd.LEFT_OUT,
            number=None,
            decision=None,
            reason=VerdictReason.NEVER_REPLACED.value,
            sentence="The champion is never replaced, so nothing was run.",
        )
    if index % 5 == 4:
        return replace(
            made,
            decision="hold",
            reason=VerdictReason.OUTSIDE_ENVELOPE.value,
            sentence="More would change than may change unattended. For the 504 newest applicants the scores of champion "
            f"and challenger have a population stability index of {0.26 + index / 100:.3f}; more than 0.25 waits for a person.",
        )
    return made


def _reign(name, turn, crowned, periods, judged, in_force, runs) -> Reign:
    at = crowned[turn]
    mine = [period for period in periods if in_force[period.number] == at and judged[period.number].figures]
    goods = sum(period.rows - period.bads for period in mine)
    error = 0.6 / goods**0.5 if goods else 0.0
    hindsight = (
        Replacement(
            replaced=version(name, crowned[turn - 1]),
            goods=goods,
            difference=2.2 * error * sin(3.7 * at + sorted(PACE).index(name)),
            standard_error=error,
        )
        if turn and goods
        else None
    )
    return Reign(
        turn=turn + 1,
        since=runs[at].as_of,
        until=runs[crowned[turn + 1]].as_of if turn + 1 < len(crowned) else periods[-1].to,
        version=version(name, at),
        learner=runs[at].learner or "",
        run=runs[at].number or 0,
        sentence=runs[at].sentence,
        hindsight=hindsight,
    )


def _judged(name: str, period: Period, at: int | None) -> PolicyPeriod:
    known = at is not None and 0 < period.bads < period.rows
    return PolicyPeriod(
        period=period.number,
        version=None if at is None else version(name, at),
        learner=None if at is None else LEARNERS[(at // 8) % 4],
        figures=_figures(period, at) if known and at is not None else None,
        best_version=version(name, at) if known and at is not None else None,
        best_false_kill=0.26 if known else None,
        regret=0.001 * (period.number - at) if known and at is not None else None,
    )


def _figures(period: Period, at: int) -> Figures:
    """The older the model, the worse it is; the period's own luck is everybody's."""
    luck = np.random.default_rng(period.number).normal()
    age = period.number - at
    rate = period.bads / period.rows
    return Figures(
        auc=0.69 - 0.0018 * age + 0.012 * luck,
        false_kill=0.275 + 0.0005 * age - 0.004 * luck,
        bad_rate=rate * (0.62 + 0.004 * age - 0.02 * luck),
        calibration_error=abs(0.08 + 0.01 * age + 0.05 * luck),
        profit=900_000.0 - 14_000.0 * age + 90_000.0 * luck,
    )


def _means(weighted: list[tuple[Figures, float]], judged: tuple[PolicyPeriod, ...]) -> Means:
    if not weighted:
        return Means(auc=None, false_kill=None, bad_rate=None, calibration_error=None, profit=None, regret=None)
    weights = [weight for _, weight in weighted]
    regrets = [one.regret for one in judged if one.figures]

    def mean(values: list[float]) -> float:
        return float(np.average(values, weights=weights))

    return Means(
        auc=mean([one.auc for one, _ in weighted]),
        false_kill=mean([one.false_kill for one, _ in weighted]),
        bad_rate=mean([one.bad_rate for one, _ in weighted]),
        calibration_error=mean([one.calibration_error for one, _ in weighted]),
        profit=mean([one.profit for one, _ in weighted]),
        regret=mean(regrets),
    )


def _bads(index: int) -> int:
    return 120 + int(60 * sin(index / 6)) + index


def version(policy: str, at: int) -> str:
    return sha256(f"{policy} {at}".encode()).hexdigest()
