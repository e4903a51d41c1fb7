"""G6, the proof: is the challenger better than the champion on a window that the search never saw?

The comparison is paired (the same loans, the same approval rate), and both false kill and AUC must pass at the level of one
look: an intersection-union test needs no further correction (Berger 1982).
"""

from dataclasses import dataclass

from kingmaker.domain.snapshot import Window
from kingmaker.domain.verdict import Comparison, Gate, GateOutcome
from kingmaker.loop.judging.gates.outcome import (
    at_least,
    auc_text,
    chance_text,
    limited,
    luck_text,
    not_judged,
    percent_text,
)
from kingmaker.loop.judging.judged import Floats, JudgedRows
from kingmaker.pipeline.declaration import Policy
from kingmaker.statistics.approval import SMALLEST_JUDGED_BADS, approval_at_bad_rate, approval_point
from kingmaker.statistics.paired_bootstrap import FEWEST_GOODS, BootstrapDifference, paired_bootstrap
from kingmaker.statistics.paired_tests import PairedDifference, delong
from kingmaker.statistics.resampled_measures import FalseKill

ENOUGH_BADS = "G6.bads"
"""Code of the gate that says whether the test window can prove anything at all."""
DRAWS = 2_000
NON_INFERIOR_APPROVAL = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """`gates` in order; `comparisons` as they were measured.

    `strictly_greater` answers the plain rule: a lower false kill, or the same one and a higher AUC. `sentence` says by how
    much the challenger is better, and how often luck would do that.
    """

    gates: tuple[Gate, ...]
    comparisons: tuple[Comparison, ...]
    strictly_greater: bool
    sentence: str


def bads_gate(policy: Policy, rows: JudgedRows) -> Gate:
    sentence = (
        f"The test window holds {rows.bads:,} bads; under {policy.min_bads} nothing can be shown to be better, "
        f"so the run records and waits."
    )
    return at_least(ENOUGH_BADS, rows.bads, policy.min_bads, sentence, under=GateOutcome.HELD)


def comparable_on(rows: JudgedRows) -> bool:
    """Whether the tests can be computed at all: 30 bads and 30 goods of as many customers. Nothing is proven by them yet."""
    return rows.scarcer_customers >= max(FEWEST_GOODS, SMALLEST_JUDGED_BADS)


def prove(policy: Policy, rows: JudgedRows, challenger: Floats, champion: Floats, *, alpha: float, seed: int) -> Proof:
    """Challenger against champion, pds on the rows of the test window, at the declared approval rate and the look's level.

    Raises ValueError for rows that are not `comparable_on`, and for pds that are NaN or all equal.
    """
    (false_kill,) = paired_bootstrap(
        rows.bad,
        champion,
        challenger,
        measures=[FalseKill(policy.approval_rate)],
        customers=rows.customer,
        draws=DRAWS,
        seed=seed,
    )
    ranking = delong(rows.bad, champion, challenger, customers=rows.customer)
    approval_gate, approval = _approval(policy, rows, challenger, champion)
    gates = (_false_kill_gate(policy, false_kill, alpha), _auc_gate(policy, ranking, alpha), approval_gate)
    window = Window.TEST.value
    comparisons = (
        _comparison("false_kill", window, false_kill),
        _comparison("auc", window, ranking),
        *approval,
    )
    greater = false_kill.difference < 0.0 or (false_kill.difference == 0.0 and ranking.difference > 0.0)
    return Proof(
        gates=gates,
        comparisons=comparisons,
        strictly_greater=bool(greater),
        sentence=_sentence(policy, false_kill, ranking),
    )


def _sentence(policy: Policy, false_kill: PairedDifference, ranking: PairedDifference) -> str:
    """Both tests must pass, so luck has to deceive the one that is harder to deceive: the larger p-value (Berger 1982)."""
    luck = max(_p_value(false_kill), _p_value(ranking))
    return (
        f"Better by {100 * -false_kill.difference:.2f} ± {100 * false_kill.standard_error:.2f} points of false kill at "
        f"{percent_text(policy.approval_rate, 0)} approval and by {ranking.difference:.4f} ± {ranking.standard_error:.4f} of "
        f"AUC; {luck_text(luck, policy.looks_per_year)}."
    )


def _comparison(measure: str, window: str, paired: PairedDifference) -> Comparison:
    return Comparison(
        measure=measure,
        window=window,
        champion=paired.champion,
        challenger=paired.challenger,
        difference=paired.difference,
        standard_error=paired.standard_error,
        p_value=_p_value(paired),
    )


def _p_value(paired: PairedDifference) -> float:
    """Counted draws cannot show less than one in their number: tiny levels need the normal tail of the bootstrap error."""
    return paired.p_value_normal if isinstance(paired, BootstrapDifference) else paired.p_value


def _false_kill_gate(policy: Policy, paired: PairedDifference, alpha: float) -> Gate:
    gain, p_value = -paired.difference, _p_value(paired)
    proven = p_value <= alpha and gain >= policy.min_improvement
    word = "better" if gain >= 0 else "worse"
    sentence = (
        f"At {percent_text(policy.approval_rate, 0)} approval the challenger rejects {percent_text(paired.challenger)} of the "
        f"good customers, the champion {percent_text(paired.champion)}: {100 * abs(gain):.2f} ± "
        f"{100 * paired.standard_error:.2f} points {word} ({chance_text(p_value)}; {alpha:.2g} and "
        f"{100 * policy.min_improvement:.2f} points are demanded)."
    )
    outcome = GateOutcome.PASSED if proven else GateOutcome.FAILED
    return Gate(code="G6.false_kill", value=p_value, limit=alpha, outcome=outcome, sentence=sentence)


def _auc_gate(policy: Policy, paired: PairedDifference, alpha: float) -> Gate:
    proven = paired.p_value <= alpha and paired.difference >= policy.min_improvement
    sentence = (
        f"AUC {auc_text(paired.challenger)} against {auc_text(paired.champion)}: {paired.difference:+.4f} ± "
        f"{paired.standard_error:.4f} ({chance_text(paired.p_value)}; {alpha:.2g} and {policy.min_improvement:.4f} are "
        f"demanded)."
    )
    outcome = GateOutcome.PASSED if proven else GateOutcome.FAILED
    return Gate(code="G6.auc", value=paired.p_value, limit=alpha, outcome=outcome, sentence=sentence)


def _approval(
    policy: Policy, rows: JudgedRows, challenger: Floats, champion: Floats
) -> tuple[Gate, tuple[Comparison, ...]]:
    """Approval at the bad rate that the champion has at the declared approval rate (or at the declared appetite)."""
    appetite = policy.max_bad_rate or approval_point(rows.bad, champion, policy.approval_rate).bad_rate
    if not appetite > 0.0:
        return not_judged("G6.approval", "The champion approves no bad at the cut: no bad rate to compare at."), ()
    mine = approval_at_bad_rate(rows.bad, challenger, appetite)
    theirs = approval_at_bad_rate(rows.bad, champion, appetite)
    sentence = (
        f"At a bad rate of {percent_text(appetite, 2)} the challenger can approve {percent_text(mine)}, the champion "
        f"{percent_text(theirs)}; at most {100 * NON_INFERIOR_APPROVAL:.1f} points less is allowed."
    )
    comparison = Comparison(
        measure="approval_at_bad_rate",
        window=Window.TEST.value,
        champion=theirs,
        challenger=mine,
        difference=mine - theirs,
        standard_error=None,
        p_value=None,
    )
    return limited("G6.approval", theirs - mine, NON_INFERIOR_APPROVAL, sentence), (comparison,)
