"""G8, the change envelope: what may change without a person. Outside it a challenger waits, however good it is."""

import numpy as np

from kingmaker.domain.snapshot import Window
from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.bench import Bench, Incumbent
from kingmaker.loop.judging.final import Final
from kingmaker.loop.judging.gates.outcome import limited, not_judged, percent_text
from kingmaker.loop.judging.gates.stability import MIN_RECENT_ROWS
from kingmaker.loop.judging.judged import Floats
from kingmaker.statistics.approval import approved_at
from kingmaker.statistics.stability import population_stability


def envelope_gates(bench: Bench, final: Final) -> tuple[Gate, ...]:
    """Against the champion in force; none without one, for then nothing changes."""
    if bench.incumbent is None:
        return ()
    return (
        _family(bench, bench.incumbent, final),
        _columns(bench, bench.incumbent, final),
        *_on_recent(bench, bench.incumbent, final),
    )


def _family(bench: Bench, champion: Incumbent, final: Final) -> Gate:
    mine, theirs = final.candidate.trial.spec.learner, champion.learner
    may_change = bench.pipeline.policy.envelope.families == "declared"
    known = mine == theirs or (may_change and mine in bench.pipeline.training.learners)
    sentence = (
        f"The challenger is of the family {mine}, the champion of {theirs}; "
        f"{'every declared family is' if may_change else 'only the same is'} allowed without a person."
    )
    outcome = GateOutcome.PASSED if known else GateOutcome.HELD
    return Gate(code="G8.family", value=None, limit=None, outcome=outcome, sentence=sentence)


def _columns(bench: Bench, champion: Incumbent, final: Final) -> Gate:
    recipe = final.candidate.recipe
    new = sorted({*recipe.number_inputs(), *recipe.category_inputs()} - champion.columns)
    sentence = (
        f"The challenger reads {', '.join(new)}, which the champion does not."
        if new
        else "The challenger reads no column that the champion does not."
    )
    allowed = bench.pipeline.policy.envelope.new_features
    outcome = GateOutcome.PASSED if allowed or not new else GateOutcome.HELD
    return Gate(
        code="G8.columns", value=float(len(new)), limit=None if allowed else 0.0, outcome=outcome, sentence=sentence
    )


def _on_recent(bench: Bench, champion: Incumbent, final: Final) -> tuple[Gate, ...]:
    recent = bench.rows[Window.RECENT]
    if champion.served_recent is None or recent.count < MIN_RECENT_ROWS:
        few = f"{recent.count} recent applicants are too few to see what would change for them."
        return not_judged("G8.score_psi", few), not_judged("G8.decision_flips", few)
    mine = final.on(recent.frame).pd
    return _shift(bench, champion.served_recent, mine), _flips(bench, champion.served_recent, mine)


def _shift(bench: Bench, champion: Floats, challenger: Floats) -> Gate:
    limit = bench.pipeline.policy.envelope.max_score_psi
    psi = population_stability(champion, challenger).corrected
    sentence = (
        f"For the {len(champion):,} newest applicants the scores of champion and challenger have a population stability "
        f"index of {psi:.3f}; more than {limit:g} waits for a person."
    )
    return limited("G8.score_psi", psi, limit, sentence, over=GateOutcome.HELD)


def _flips(bench: Bench, champion: Floats, challenger: Floats) -> Gate:
    policy = bench.pipeline.policy
    rate, limit = policy.approval_rate, policy.envelope.max_decision_flips
    share = float(np.mean(approved_at(champion, rate) != approved_at(challenger, rate)))
    sentence = (
        f"Of the {len(champion):,} newest applicants {percent_text(share)} are decided differently at the same approval "
        f"rate; more than {percent_text(limit, 0)} waits for a person."
    )
    return limited("G8.decision_flips", share, limit, sentence, over=GateOutcome.HELD)
