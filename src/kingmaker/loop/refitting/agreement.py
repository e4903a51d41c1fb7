"""G7, agreement: is the refit still the model that was tested? What was proven of one must be believed of the other."""

from dataclasses import dataclass

import numpy as np

from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.answers import Floats
from kingmaker.loop.judging.candidates import answers_vary
from kingmaker.loop.judging.gates.outcome import at_least, gate_of, limited, percent_text
from kingmaker.statistics.approval import approved_at
from kingmaker.statistics.ordering import rank_correlation
from kingmaker.statistics.stability import population_stability

MIN_RANK_CORRELATION = 0.85
"""Two fits of one procedure agree to .90 with a hundred bads to learn from; below .85 the second has learnt something else."""
MAX_SCORE_PSI = 0.10
"""The usual bound of a distribution that has not moved."""
MAX_MEAN_DIFFERENCE = 0.15
"""As a share: what the level of bad rates is known to from a window of a few hundred bads, twice over."""
MAX_DECISION_FLIPS = 0.15
"""At 70 % approval two models with a rank correlation of .90 decide some 12 % of applicants differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Both models on the same applicants, [rows] each. `who` names them in a sentence.

    The tested model's pds are of its margin calibrated on the loans that the refit is calibrated on: where bad rates have
    risen, its own calibration says too little of the present, and a refit that is right would seem to disagree.
    """

    who: str
    tested_margin: Floats
    refit_margin: Floats
    tested_pd: Floats
    refit_pd: Floats
    approval_rate: float


def agreement_gates(answered: Answered) -> tuple[Gate, ...]:
    """All of G7; the first alone when one of the models answers nothing that could be compared."""
    if not (answers_vary(answered.tested_margin) and answers_vary(answered.refit_margin)):
        sentence = f"On the {answered.who} a model's answers are not finite, or all the same: nothing can be compared."
        return (gate_of("G7.rank", float("nan"), MIN_RANK_CORRELATION, GateOutcome.FAILED, sentence),)
    return (_rank(answered), _score_stability(answered), _calibration(answered), _decision_flips(answered))


def _rank(answered: Answered) -> Gate:
    correlation = rank_correlation(answered.tested_margin, answered.refit_margin)
    sentence = (
        f"The refit ranks the {answered.who} as the tested model does, with a rank correlation of {correlation:.3f}; at "
        f"least {MIN_RANK_CORRELATION:.2f} is needed."
    )
    return at_least("G7.rank", correlation, MIN_RANK_CORRELATION, sentence)


def _score_stability(answered: Answered) -> Gate:
    psi = population_stability(answered.tested_pd, answered.refit_pd).corrected
    sentence = (
        f"Population stability index {psi:.3f} between both models' pds of the {answered.who}; up to "
        f"{MAX_SCORE_PSI:.2f} passes."
    )
    return limited("G7.score_stability", psi, MAX_SCORE_PSI, sentence)


def _calibration(answered: Answered) -> Gate:
    tested, refit = float(answered.tested_pd.mean()), float(answered.refit_pd.mean())
    difference = refit / tested - 1.0
    sentence = (
        f"Mean pd {percent_text(refit, 2)} of the refit against {percent_text(tested, 2)} of the tested model on the "
        f"{answered.who}, both calibrated on the newest matured loans: {100 * difference:+.0f} %; at most "
        f"{100 * MAX_MEAN_DIFFERENCE:.0f} % is allowed."
    )
    return limited("G7.calibration", abs(difference), MAX_MEAN_DIFFERENCE, sentence)


def _decision_flips(answered: Answered) -> Gate:
    tested, refit = (approved_at(pd, answered.approval_rate) for pd in (answered.tested_margin, answered.refit_margin))
    flips = float(np.mean(tested != refit))
    sentence = (
        f"At the same approval rate the two decide {percent_text(flips)} of the {answered.who} differently; at most "
        f"{percent_text(MAX_DECISION_FLIPS, 0)} is allowed."
    )
    return limited("G7.decision_flips", flips, MAX_DECISION_FLIPS, sentence)
