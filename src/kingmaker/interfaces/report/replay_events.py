"""What happened in a replay, as rows: promotions with what they turned out to be, refusals, holds, and how runs ended."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from kingmaker.domain.verdict import Decision, VerdictReason
from kingmaker.interfaces.report.decision import Mark
from kingmaker.interfaces.report.replay_facts import is_judged, rank_of
from kingmaker.interfaces.report.wording import plain
from kingmaker.loop.replaying.result import PolicyResult, PolicyRun, Reign, Replacement, ReplayResult, StepEnd

_NOT_JUDGED = Mark("open", "\u25cb", "not judged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """One replacement. `new` and `old` are both versions' false kill on the loans of the new one's reign, None if unknown."""

    reign: Reign
    before: Reign
    new: float | None
    old: float | None
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotions:
    """A policy's, oldest first. `sentence` is the verdict's where all say the same, else empty."""

    policy: str
    rows: tuple[Promotion, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """A day on which the same kept several policies from replacing."""

    as_of: date
    policies: tuple[str, ...]
    reason: str
    sentence: str
    runs: tuple[int, ...]


def promotions_of(result: ReplayResult) -> tuple[Promotions, ...]:
    """Every policy that replaced at least once, the foremost first."""
    replacing = [policy for policy in result.policies if len(policy.reigns) > 1]
    return tuple(_promotions(policy, result) for policy in sorted(replacing, key=rank_of))


def refusals_of(result: ReplayResult) -> tuple[Standstill, ...]:
    """Dates whose loans were refused or of which nothing could be published."""
    return _grouped(result, lambda run: run.end is StepEnd.REFUSED)


def holds_of(result: ReplayResult) -> tuple[Standstill, ...]:
    """Challengers that waited for a person; one that waits for its second look does not."""
    return _grouped(result, is_held)


def is_held(run: PolicyRun) -> bool:
    return run.decision == Decision.HOLD.value and run.reason != VerdictReason.AWAITING_SECOND_LOOK.value


def endings_of(result: ReplayResult) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """How many runs of each policy ended for which reason, the most frequent reason first."""
    counted = [Counter(_ending(run) for run in policy.runs) for policy in result.policies]
    total: Counter[str] = sum(counted, Counter())
    return tuple((ending, tuple(one[ending] for one in counted)) for ending, _ in total.most_common())


def hindsight_mark(hindsight: Replacement | None) -> Mark:
    """Beyond one standard error a promotion was better or worse; within it the word says so and no colour takes sides."""
    if hindsight is None:
        return _NOT_JUDGED
    if hindsight.is_clearly_worse:
        return Mark("bad", "\u2715", "worse")
    if -hindsight.difference > hindsight.standard_error:
        return Mark("good", "\u2713", "better")
    if hindsight.difference == 0.0:
        return Mark("open", "=", "no different")
    return Mark("open", "~", f"{'worse' if hindsight.is_worse else 'better'}, within noise")


def _promotions(policy: PolicyResult, result: ReplayResult) -> Promotions:
    pairs = list(pairwise(policy.reigns))
    sentences = {reign.sentence for _, reign in pairs}
    return Promotions(
        policy=policy.policy,
        rows=tuple(_promotion(before, reign, policy, result) for before, reign in pairs),
        sentence=sentences.pop() if len(sentences) == 1 and len(pairs) > 1 else "",
    )


def _promotion(before: Reign, reign: Reign, policy: PolicyResult, result: ReplayResult) -> Promotion:
    new = _false_kill(reign, policy, result)
    old = new - reign.hindsight.difference if new is not None and reign.hindsight else None
    return Promotion(reign=reign, before=before, new=new, old=old, mark=hindsight_mark(reign.hindsight))


def _false_kill(reign: Reign, policy: PolicyResult, result: ReplayResult) -> float | None:
    """Of all goods of the periods that the reign judged; None where these are not the goods of its comparison."""
    goods = {period.number: period.rows - period.bads for period in result.periods if is_judged(period)}
    judged = [
        (one.figures.false_kill, goods[one.period])
        for one in policy.periods
        if one.version == reign.version and one.figures is not None and one.period in goods
    ]
    total = sum(number for _, number in judged)
    if reign.hindsight is None or total != reign.hindsight.goods:
        return None
    return sum(value * number for value, number in judged) / total


def _ending(run: PolicyRun) -> str:
    if run.end is StepEnd.LEFT_OUT:
        return "not run: never replaced"
    decided = run.decision or run.end.value
    return f"{decided}: {plain(run.reason)}" if run.reason else decided


def _grouped(result: ReplayResult, wanted: Callable[[PolicyRun], bool]) -> tuple[Standstill, ...]:
    found: dict[tuple[date, str, str], list[tuple[str, int | None]]] = {}
    for policy, run in _runs(result.policies):
        if wanted(run):
            found.setdefault((run.as_of, run.reason, run.sentence), []).append((policy.policy, run.number))
    return tuple(
        Standstill(
            as_of=as_of,
            reason=reason,
            sentence=sentence,
            policies=tuple(policy for policy, _ in who),
            runs=tuple(sorted({number for _, number in who if number is not None})),
        )
        for (as_of, reason, sentence), who in sorted(found.items(), key=lambda entry: entry[0][0])
    )


def _runs(policies: Sequence[PolicyResult]) -> Iterable[tuple[PolicyResult, PolicyRun]]:
    return ((policy, run) for policy in policies for run in policy.runs)
