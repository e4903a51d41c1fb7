"""Rules of promotion, side by side: each keeps a champion of its own and is shown every night's finalist."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from benchmarks.nulls.gains import Gain, false_kill_gain, ranking_gain
from benchmarks.nulls.looks import Standing, night
from benchmarks.nulls.world import Model, World
from scipy.special import expit

from kingmaker.domain.verdict import GateOutcome, VerdictReason
from kingmaker.loop.judging.gates.proof import Proof, bads_gate, comparable_on, prove
from kingmaker.loop.judging.judged import JudgedRows
from kingmaker.loop.judging.rule import Findings, decide
from kingmaker.pipeline.declaration import Policy, Promote
from kingmaker.statistics.arrays import Booleans, Floats
from kingmaker.statistics.error_budget import required_z
from kingmaker.statistics.paired_tests import delong

BOOTSTRAP_SEED = 7
Decide = Callable[[World, int, Model, Model], Model | None]
"""World, day, finalist, champion: the new champion, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Champion and challenger on the loans of one test window: outcomes and scores [rows]."""

    is_bad: Booleans
    champion: Floats
    challenger: Floats

    @classmethod
    def on(cls, world: World, day: int, *, challenger: Model, champion: Model) -> "Pair":
        window = world.test_window(day)
        return cls(is_bad=world.is_bad[window], champion=champion.on(window), challenger=challenger.on(window))

    def ranking_gain(self) -> Gain:
        return ranking_gain(self.is_bad, self.champion, self.challenger)

    def false_kill_gain(self) -> Gain:
        return false_kill_gain(self.is_bad, self.champion, self.challenger)

    def proof(self, policy: Policy, alpha: float) -> Proof:
        """The product's own, of pds in the order of the scores."""
        pds = expit(self.challenger), expit(self.champion)
        return prove(policy, self.judged, *pds, alpha=alpha, seed=BOOTSTRAP_SEED)

    @property
    def judged(self) -> JudgedRows:
        """As the gates take them: every loan of a customer of its own."""
        rows = np.arange(self.is_bad.size)
        return JudgedRows(
            frame=pl.DataFrame({"row": rows}),
            bad=self.is_bad.astype(np.float64),
            amount=None,
            month=np.full(self.is_bad.size, 2021 * 12),
            customer=rows,
        )


Test = Callable[[Policy, Pair, float], bool]
"""Whether a pair passes at a level."""


@dataclass(slots=True)
class Reign:
    """One rule's year: its champion, and the days on which it was replaced."""

    name: str
    decide: Decide
    champion: Model
    promotions: list[int] = field(default_factory=list)

    def pass_night(self, world: World, day: int, finalist: Model) -> None:
        chosen = self.decide(world, day, finalist, self.champion)
        if chosen is not None:
            self.champion = chosen
            self.promotions.append(day)


def rules_of(policy: Policy) -> dict[str, Decide]:
    """Fresh rules for one year, by name."""
    both = policy.model_copy(update={"proof": "both"})
    return {
        "point": point,
        "p < .05": significant,
        "AUC alone": Looking(_once(policy), ranks_better),
        "proven, one look": Looking(_once(policy), is_proven),
        "proven": Looking(policy, is_proven),
        "both proven, one look": Looking(_once(both), is_proven),
        "both proven": Looking(both, is_proven),
    }


def _once(policy: Policy) -> Policy:
    return policy.model_copy(update={"looks_to_pass": 1})


def point(world: World, day: int, finalist: Model, champion: Model) -> Model | None:
    """A lower false kill on the test window, or the same and a higher AUC; every night."""
    pair = Pair.on(world, day, challenger=finalist, champion=champion)
    lower = pair.false_kill_gain().difference
    return finalist if lower > 0.0 or (lower == 0.0 and pair.ranking_gain().difference > 0.0) else None


def significant(world: World, day: int, finalist: Model, champion: Model) -> Model | None:
    """DeLong's one-sided p below .05 on the test window; every night."""
    pair = Pair.on(world, day, challenger=finalist, champion=champion)
    return finalist if ranks_better(Policy(min_improvement=0.0), pair, 0.05) else None


class Looking:
    """Looks within the product's yearly budget, at one or two successive of which a test must pass."""

    def __init__(self, policy: Policy, test: Test) -> None:
        self._policy, self._test = policy, test
        self._standing: Standing[Model] = Standing()

    def __call__(self, world: World, day: int, finalist: Model, champion: Model) -> Model | None:
        def passes(model: Model, alpha: float) -> bool:
            return self._test(self._policy, Pair.on(world, day, challenger=model, champion=champion), alpha)

        self._standing, chosen = night(self._standing, today=day, finalist=finalist, policy=self._policy, passes=passes)
        return chosen


def is_proven(policy: Policy, pair: Pair, alpha: float) -> bool:
    """Whether the product's proof and rule would promote. Its costly bootstrap is drawn only where it could pass."""
    if not ranks_better(policy, pair, alpha) or not _may_kill_fewer(policy, pair, alpha):
        return False
    rows = pair.judged
    enough = bads_gate(policy, rows)
    findings = Findings(
        rule=Promote.PROVEN,
        gates=(enough,),
        enough_bads=enough.outcome is GateOutcome.PASSED,
        champion_exists=True,
        champion_comparable=comparable_on(rows),
        same_answers=False,
        proof=pair.proof(policy, alpha),
    )
    return decide(findings)[0] is VerdictReason.PROVEN_BETTER


def ranks_better(policy: Policy, pair: Pair, alpha: float) -> bool:
    """DeLong's half of the proof, computed in full only where a bound on its z does not already rule it out."""
    gain = pair.ranking_gain()
    if gain.difference < policy.min_improvement or not _may_be_sure(gain, alpha):
        return False
    found = delong(pair.is_bad, pair.champion, pair.challenger)
    return found.p_value <= alpha and found.difference >= policy.min_improvement


def _may_kill_fewer(policy: Policy, pair: Pair, alpha: float) -> bool:
    """Whether the false kill is as the policy wants it: lower, and where both must be proven, perhaps beyond chance."""
    gain = pair.false_kill_gain()
    return gain.difference > 0.0 and (policy.proof == "ranking" or _may_be_sure(gain, alpha))


def _may_be_sure(gain: Gain, alpha: float) -> bool:
    return gain.difference > 0.0 and gain.highest_z >= 0.99 * required_z(alpha)
