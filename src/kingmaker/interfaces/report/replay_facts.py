"""What a replay comes to in sentences: who replaced the model how often, and what it was worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

from kingmaker.interfaces.report.wording import area, count, plain
from kingmaker.loop.replaying.result import Period, PolicyResult, ReplayResult

BASELINE = "never"
_NAMES = {
    "never": "never retraining",
    "always": "always retraining",
    "point": "the plain rule",
    "proven": "the proven rule",
    "manual": "the manual rule",
}
_FOREMOST = ("proven", "point", "manual", "always", "never")
_ADVERBS = {"week": "weekly", "month": "monthly", "quarter": "quarterly", "year": "yearly"}
MEANINGS = {
    "never": "keeps its first champion to the end",
    "always": "puts the best challenger of every date in force, whatever the gates and the champion say",
    "point": "replaces when no gate fails and the challenger\u2019s numbers on the test window are better, by however little",
    "proven": "replaces when no gate fails and the challenger is better beyond chance and by enough, at every declared look",
    "manual": "replaces when a person approves",
}


@dataclass(frozen=True, slots=True)
class ReplayHeadline:
    """`sentence` says what was replaced and what it was worth, `hindsight` how many promotions did harm."""

    sentence: str
    hindsight: str


@dataclass(frozen=True, slots=True)
class Judged:
    """The applicants of all periods that have both goods and bads, and how many periods have not."""

    periods: int
    rows: int
    bads: int
    left_out: int


def replay_headline(result: ReplayResult) -> ReplayHeadline:
    """The proven rule's account where it was replayed, else that of the rule nearest to it; the others beside it."""
    foremost, others = foremost_of(result), _others(result)
    return ReplayHeadline(
        sentence=f"{_span(result)}: {_replaced(foremost, others)}{_worth(foremost, others)}.",
        hindsight=_harm(foremost, others),
    )


def name_of(policy: str) -> str:
    """A policy within a sentence."""
    return _NAMES.get(policy, plain(policy))


def baseline_of(result: ReplayResult) -> PolicyResult | None:
    """The policy that the others are compared with; None where it was not replayed or is alone."""
    found = next((policy for policy in result.policies if policy.policy == BASELINE), None)
    return found if len(result.policies) > 1 else None


def foremost_of(result: ReplayResult) -> PolicyResult:
    """The policy that the page speaks of first."""
    return min(result.policies, key=rank_of)


def rank_of(policy: PolicyResult) -> int:
    """The rule that asks most of a challenger comes first, never retraining last."""
    return _FOREMOST.index(policy.policy) if policy.policy in _FOREMOST else len(_FOREMOST)


def judged_of(result: ReplayResult) -> Judged:
    """What the figures rest on."""
    judged = [period for period in result.periods if is_judged(period)]
    return Judged(
        periods=len(judged),
        rows=sum(period.rows for period in judged),
        bads=sum(period.bads for period in judged),
        left_out=len(result.periods) - len(judged),
    )


def is_judged(period: Period) -> bool:
    return 0 < period.bads < period.rows


def noise_of_a_period(result: ReplayResult) -> tuple[int, float] | None:
    """The bads of the middle period, and the most that its AUC's standard error can be: sqrt(A (1 - A) / min(bads, goods)).

    The bound is Birnbaum and Klose's (1957), with the foremost policy's mean AUC. None where nothing was judged.
    """
    judged = [period for period in result.periods if is_judged(period)]
    auc = foremost_of(result).by_bads.auc
    if not judged or auc is None:
        return None
    bads = int(median(period.bads for period in judged))
    fewer = median(min(period.bads, period.rows - period.bads) for period in judged)
    return bads, sqrt(auc * (1 - auc) / fewer)


def times(number: int) -> str:
    return "once" if number == 1 else f"{count(number)} times"


def _span(result: ReplayResult) -> str:
    number = len(result.dates)
    if number == 1:
        return f"As of {result.first:%Y-%m-%d} alone"
    adverb = _ADVERBS.get(result.every)
    dates = f"{count(number)} {adverb} dates" if adverb else f"{count(number)} dates, one every {result.every}"
    return f"From {result.first:%Y-%m} to {result.last:%Y-%m}, {dates}"


def _replaced(foremost: PolicyResult, others: Sequence[PolicyResult]) -> str:
    mine = name_of(foremost.policy)
    if foremost.policy == BASELINE:
        return f"{mine} left the first model in force"
    did = f"replaced the model {times(foremost.promotions)}" if foremost.promotions else "did not replace the model"
    theirs = [
        f"{name_of(other.policy)} {times(other.promotions) if other.promotions else 'not once'}"
        for other in others
        if other.policy != BASELINE
    ]
    return f"{mine} {did}{''.join(f', {one}' for one in theirs)}"


def _worth(foremost: PolicyResult, others: Sequence[PolicyResult]) -> str:
    if foremost.by_bads.auc is None:
        return "; none of its periods could be judged"
    theirs = [
        f"{area(other.by_bads.auc)} for {name_of(other.policy)}" for other in others if other.by_bads.auc is not None
    ]
    against = f", against {_listed(theirs)}" if theirs else ""
    return f"; its AUC was {area(foremost.by_bads.auc)}{against}"


def _harm(foremost: PolicyResult, others: Sequence[PolicyResult]) -> str:
    told = [one for one in (foremost, *others) if one.policy != BASELINE]
    if not any(one.promotions for one in told):
        return "Nothing was promoted, so no promotion can look worse in hindsight."
    if not any(one.judged for one in told):
        return "No promotion can be judged: no loan that a new model decided on has matured with goods and bads."
    parts = [_share_worse(one) for one in told if one.judged]
    return (
        f"In hindsight, of the promotions that could be judged, {_listed(parts)} turned away more good customers than the "
        "model they replaced would have."
    )


def _share_worse(policy: PolicyResult) -> str:
    share = f"{count(policy.worse)} of {count(policy.judged)} under {name_of(policy.policy)}"
    clearly = count(policy.clearly_worse) if policy.clearly_worse else "none"
    return f"{share} ({clearly} beyond one standard error)" if policy.worse else share


def _others(result: ReplayResult) -> list[PolicyResult]:
    foremost = foremost_of(result)
    others = [policy for policy in result.policies if policy is not foremost]
    return sorted(others, key=lambda policy: (policy.policy == BASELINE, -rank_of(policy)))


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
