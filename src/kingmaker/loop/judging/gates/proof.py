"""G6, the proof: is the challenger better than the champion on a window that the search never saw?

The comparison is paired (the same loans, the same approval rate). The AUC must be better at the level of one look, and the
false kill lower, so that a challenger that is no better passes a look at most that often. With `proof: both` the false kill
must be better at that level too: an intersection-union test needs no further correction (Berger 1982). Nearly all of its price
is power, because at one cut far fewer loans tell two models apart than in the whole ranking.
"""

from dataclasses import dataclass

import numpy as np

from kingmaker.domain.verdict import Comparison, Gate, GateOutcome
from kingmaker.loop.judging.gates.measured import NO_BIAS, Measured, measured
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
from kingmaker.statistics.approval import SMALLEST_JUDGED_BADS
from kingmaker.statistics.paired_bootstrap import FEWEST_GOODS
from kingmaker.statistics.truncation_bias import TruncationBias

ENOUGH_BADS = "G6.bads"
"""Code of the gate that says whether the test window can prove anything at all."""
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
    sentence = too_few(policy, rows.bads)
    return at_least(ENOUGH_BADS, rows.bads, policy.min_bads, sentence, under=GateOutcome.HELD)


def too_few(policy: Policy, bads: int) -> str:
    return (
        f"The test window holds {bads:,} bads; under {policy.min_bads} nothing can be shown to be better, so the run records "
        f"and waits."
    )


def comparable_on(rows: JudgedRows) -> bool:
    """Whether the tests can be computed at all: 30 bads and 30 goods of as many customers. Nothing is proven by them yet."""
    return rows.scarcer_customers >= max(FEWEST_GOODS, SMALLEST_JUDGED_BADS)


def prove(
    policy: Policy,
    rows: JudgedRows,
    challenger: Floats,
    champion: Floats,
    *,
    alpha: float,
    seed: int,
    bias: TruncationBias = NO_BIAS,
) -> Proof:
    """Challenger against champion, pds on the rows of the test window, at the declared approval rate and the look's level.

    What an equally good challenger would seem to gain, `bias`, counts for nothing. Raises ValueError for rows that are not
    `comparable_on`, and for pds that are NaN, none or all equal.
    """
    found = measured(policy, rows, challenger, champion, seed=seed, bias=bias)
    fewer_killed, ranked = found.false_kill.difference, found.auc.difference
    return Proof(
        gates=(
            _false_kill_gate(policy, rows, found, alpha),
            _auc_gate(policy, rows, found, alpha),
            _approval_gate(found),
        ),
        comparisons=found.comparisons(),
        strictly_greater=bool(fewer_killed < 0.0 or (fewer_killed == 0.0 and ranked > 0.0)),
        sentence=_sentence(policy, rows, found),
    )


def _sentence(policy: Policy, rows: JudgedRows, found: Measured) -> str:
    """Where both tests must pass, luck has to deceive the one that is harder to deceive: the larger p-value (Berger 1982)."""
    kill, auc = found.gain_of_false_kill, found.gain_of_auc
    deceived = max(kill.p_value, auc.p_value) if policy.proof == "both" else auc.p_value
    luck = luck_text(deceived, policy.looks_per_year)
    beyond = " beyond the selection bias" if auc.bias or kill.bias else ""
    return (
        f"Better by {100 * (kill.size - kill.bias):.2f} ± {100 * kill.standard_error:.2f} points of false kill at "
        f"{percent_text(policy.approval_rate, 0)} approval and by {auc.size - auc.bias:.4f} ± {auc.standard_error:.4f} of "
        f"AUC{beyond}; {luck}.{_standing_for(rows)}"
    )


def _standing_for(rows: JudgedRows) -> str:
    if rows.weight is None:
        return ""
    return f" The figures stand for all applicants, by {rows.explored:,} explored loans."


def _owed(bias: float, told: str) -> str:
    """How much of a margin is there because of whose outcomes are known."""
    return f", of which {told} for the selection bias" if bias else ""


def _false_kill_gate(policy: Policy, rows: JudgedRows, found: Measured, alpha: float) -> Gate:
    gain = found.gain_of_false_kill
    if policy.proof == "ranking":
        demanded = f"more than {100 * gain.bias:.2f} points" if gain.bias else "any improvement"
        outcome = GateOutcome.PASSED if gain.size > gain.bias else GateOutcome.FAILED
        limit = None
    else:
        least = _least_gain_of_false_kill(policy, rows)
        demanded = f"{alpha:.2g} and {100 * (least + gain.bias):.2f} points"
        outcome = GateOutcome.PASSED if gain.is_proven(alpha, least) else GateOutcome.FAILED
        limit = alpha
    owed = _owed(gain.bias, f"{100 * gain.bias:.2f}")
    sentence = f"{_killed(policy, found)}; demanded: {demanded}{owed}).{_standing_for(rows)}"
    return Gate(code="G6.false_kill", value=gain.p_value, limit=limit, outcome=outcome, sentence=sentence)


def _killed(policy: Policy, found: Measured) -> str:
    gain, paired = found.gain_of_false_kill, found.false_kill
    return (
        f"At {percent_text(policy.approval_rate, 0)} approval the challenger rejects {percent_text(paired.challenger)} of the "
        f"good customers, the champion {percent_text(paired.champion)}: {100 * abs(gain.size):.2f} ± "
        f"{100 * gain.standard_error:.2f} points {'better' if gain.size >= 0 else 'worse'} ({chance_text(gain.p_value)}"
    )


def _least_gain_of_false_kill(policy: Policy, rows: JudgedRows) -> float:
    """The smallest improvement of AUC, in false kill. At approval rate a and bad rate b that lies between 1 - a and that less
    a * b / (1 - b), as the AUC goes from .5 to 1; so it moves by 2 * a * b / (1 - b) for each unit of AUC.
    """
    bad_rate = float(np.average(rows.bad, weights=rows.weight))
    return policy.min_improvement * 2.0 * policy.approval_rate * bad_rate / (1.0 - bad_rate)


def _auc_gate(policy: Policy, rows: JudgedRows, found: Measured, alpha: float) -> Gate:
    gain, paired = found.gain_of_auc, found.auc
    sentence = (
        f"AUC {auc_text(paired.challenger)} against {auc_text(paired.champion)}: {gain.size:+.4f} ± "
        f"{gain.standard_error:.4f} ({chance_text(gain.p_value)}; {alpha:.2g} and "
        f"{policy.min_improvement + gain.bias:.4f} are demanded{_owed(gain.bias, f'{gain.bias:.4f}')}).{_standing_for(rows)}"
    )
    outcome = GateOutcome.PASSED if gain.is_proven(alpha, policy.min_improvement) else GateOutcome.FAILED
    return Gate(code="G6.auc", value=gain.p_value, limit=alpha, outcome=outcome, sentence=sentence)


def _approval_gate(found: Measured) -> Gate:
    """Approval at the bad rate that the champion has at the declared approval rate (or at the declared appetite)."""
    approval = found.shown.get("approval_at_bad_rate")
    if approval is None:
        return not_judged("G6.approval", "The champion approves no bad at the cut: no bad rate to compare at.")
    sentence = (
        f"At a bad rate of {percent_text(found.appetite, 2)} the challenger can approve {percent_text(approval.challenger)}, "
        f"the champion {percent_text(approval.champion)}; at most {100 * NON_INFERIOR_APPROVAL:.1f} points less is allowed."
    )
    return limited("G6.approval", approval.champion - approval.challenger, NON_INFERIOR_APPROVAL, sentence)
