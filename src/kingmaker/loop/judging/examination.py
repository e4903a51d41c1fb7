"""The test window, opened once for one finalist: last gates, the proof against the champion, and the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kingmaker.bundle.reading import Bundle
from kingmaker.bundle.scorer import Scores
from kingmaker.domain.evidence import Evidence
from kingmaker.domain.snapshot import Window
from kingmaker.domain.verdict import Gate, SwapCell, Verdict
from kingmaker.loop.judging.bench import Bench, Incumbent
from kingmaker.loop.judging.evidence import Explained, evidence_of, explained_on, groups_of
from kingmaker.loop.judging.feature_evidence import by_column
from kingmaker.loop.judging.final import Final
from kingmaker.loop.judging.gates.acceptance import Selectivity, selectivity
from kingmaker.loop.judging.gates.calibrated import calibration_gates, grade_gate
from kingmaker.loop.judging.gates.envelope import envelope_gates
from kingmaker.loop.judging.gates.outcome import in_order
from kingmaker.loop.judging.gates.policy import fairness_gates, reasons_gate
from kingmaker.loop.judging.gates.proof import Proof, bads_gate, comparable_on, prove
from kingmaker.loop.judging.judged import JudgedRows
from kingmaker.loop.judging.ranking import Contender
from kingmaker.loop.judging.rule import Findings, decide
from kingmaker.loop.looking import Opening
from kingmaker.pipeline.declaration import Policy
from kingmaker.statistics.swap_balance import swap_balance
from kingmaker.statistics.swap_set import swap_set

FEWEST_CUSTOMERS = 2
REPRESENTED = (
    "The champion in force was refitted on every loan that had matured then, and may have learnt from loans of this test "
    "window. It is represented by the model that was tested when it was promoted, which has not."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What the test window is opened for.

    `rows` are the test window's; `incumbent` the champion's answers on them, None without a champion or when it cannot be
    scored on today's columns; `bundle` is the champion's, None without a champion. `opening` are the terms of the look.
    """

    bench: Bench
    contender: Contender
    final: Final
    rows: JudgedRows
    incumbent: Incumbent | None
    bundle: Bundle | None
    opening: Opening

    @property
    def policy(self) -> Policy:
        return self.bench.pipeline.policy


def examine(examination: Examination) -> tuple[Verdict, Evidence | None]:
    """Every gate on the test window, the paired tests and the decision; the evidence shows both models on it.

    No evidence where the window holds fewer than two customers with goods or with bads: nothing can be measured there.
    """
    answered = examination.final.on(examination.rows.frame)
    explained = explained_on(examination.final, examination.rows, answered)
    groups, groups_of_champion = groups_of(examination.bench, examination.rows, answered, examination.incumbent)
    chosen = _chosen(examination, answered)
    proof = _proof(examination, answered, chosen)
    gates = in_order(
        *examination.contender.gates,
        *_last_gates(examination, answered),
        _reasons(examination, explained),
        *fairness_gates(examination.policy.gates, groups, groups_of_champion),
    )
    envelope = envelope_gates(examination.bench, examination.final)
    findings = _findings(examination, answered, gates, proof, chosen.gates, envelope)
    reason, sentence = decide(findings)
    swap = _swap_set(examination, answered)
    verdict = Verdict(
        reason=reason,
        sentence=sentence,
        rule=examination.policy.promote.value,
        challenger_trial=examination.contender.candidate.trial.spec.number,
        champion_version=examination.bundle.version if examination.bundle else None,
        gates=(*gates, *(proof.gates if proof else ()), *chosen.gates, *envelope),
        comparisons=proof.comparisons if proof else (),
        swap_set=swap,
        swap_stress=swap_balance(
            swap,
            loss_given_default=examination.policy.loss_given_default,
            return_on_good=examination.policy.return_on_good,
        ),
        notes=(*_notes(examination), *chosen.notes),
    )
    if examination.rows.scarcer_customers < FEWEST_CUSTOMERS:
        return verdict, None
    return verdict, evidence_of(
        examination.bench,
        examination.final,
        examination.rows,
        examination.incumbent,
        answered=answered,
        explained=explained,
        groups=groups,
    )


def _findings(
    examination: Examination,
    answered: Scores,
    gates: Sequence[Gate],
    proof: Proof | None,
    bias: Sequence[Gate],
    envelope: Sequence[Gate],
) -> Findings:
    return Findings(
        rule=examination.policy.promote,
        gates=gates,
        enough_bads=examination.rows.bads >= examination.policy.min_bads,
        champion_exists=examination.bundle is not None,
        champion_comparable=examination.incumbent is not None,
        same_answers=_same_answers(examination, answered),
        proof=proof,
        envelope=envelope,
        bias=bias,
        confirms=examination.opening.confirms is not None,
        needs_second=examination.policy.looks_to_pass > 1,
    )


def _notes(examination: Examination) -> tuple[str, ...]:
    """What a reader of the verdict must know about how it was reached."""
    if examination.incumbent is None or not examination.incumbent.has_twin:
        return ()
    return (REPRESENTED,)


def _same_answers(examination: Examination, answered: Scores) -> bool:
    incumbent = examination.incumbent
    return incumbent is not None and bool(
        np.array_equal(answered.pd, incumbent.pds[Window.TEST])
        and np.array_equal(answered.score, incumbent.scores[Window.TEST])
        and examination.final.thresholds == incumbent.thresholds
    )


def _chosen(examination: Examination, answered: Scores) -> Selectivity:
    """Whose outcomes the comparison rests on; without a comparison there is only that to say."""
    comparable = examination.incumbent is not None and comparable_on(examination.rows)
    champion = examination.incumbent.pds[Window.TEST] if examination.incumbent and comparable else None
    return selectivity(examination.bench.pipeline, examination.rows, answered.pd, champion)


def _proof(examination: Examination, answered: Scores, chosen: Selectivity) -> Proof | None:
    if examination.incumbent is None or not comparable_on(examination.rows):
        return None
    return prove(
        examination.policy,
        chosen.rows,
        answered.pd,
        examination.incumbent.pds[Window.TEST],
        alpha=examination.opening.alpha,
        seed=examination.bench.pipeline.training.seed,
        bias=chosen.bias,
    )


def _last_gates(examination: Examination, answered: Scores) -> tuple[Gate, ...]:
    limits, rows, final = examination.policy.gates, examination.rows, examination.final
    champion = examination.incumbent.pds[Window.TEST] if examination.incumbent else None
    selection = examination.bench.rows[Window.SELECTION]
    pd, score = final.before_the_test(Window.SELECTION)
    return (
        bads_gate(examination.policy, rows),
        *calibration_gates(limits, rows.bad, answered.pd, champion, window=Window.TEST.value),
        grade_gate(final.thresholds, score, selection.bad, pd, window=Window.SELECTION.value),
        grade_gate(final.thresholds, answered.score, rows.bad, answered.pd, window=Window.TEST.value),
    )


def _reasons(examination: Examination, explained: Explained) -> Gate:
    """Reasons are told in raw columns: what the outputs of one column add and take away is one contribution."""
    _, contributions = by_column(examination.final.candidate.recipe.origins(), explained.contributions)
    return reasons_gate(contributions, explained.approved)


def _swap_set(examination: Examination, answered: Scores) -> tuple[SwapCell, ...]:
    if examination.incumbent is None:
        return ()
    return swap_set(
        examination.rows.bad,
        examination.incumbent.pds[Window.TEST],
        answered.pd,
        examination.policy.approval_rate,
        amount=examination.rows.amount,
    )
