"""G7: how far a refit may be from the model that was tested."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from kingmaker.domain.verdict import GateOutcome
from kingmaker.loop.refitting.agreement import Answered, agreement_gates

RANDOM = np.random.default_rng(5)
MARGIN = RANDOM.normal(-2.0, 1.0, 4000)
SAME = Answered(
    who="4,000 newest applicants",
    tested_margin=MARGIN,
    refit_margin=MARGIN,
    tested_pd=expit(MARGIN),
    refit_pd=expit(MARGIN),
    approval_rate=0.7,
)


def outcomes(answered: Answered) -> dict[str, GateOutcome]:
    return {gate.code.removeprefix("G7."): gate.outcome for gate in agreement_gates(answered)}


def test_two_models_with_the_same_answers_agree() -> None:
    assert set(outcomes(SAME).values()) == {GateOutcome.PASSED}
    assert agreement_gates(SAME)[0].value == pytest.approx(1.0)
    assert agreement_gates(SAME)[3].value == 0.0


def test_a_refit_that_ranks_otherwise_does_not_agree() -> None:
    other = replace(SAME, refit_margin=MARGIN + RANDOM.normal(0.0, 1.0, 4000))
    found = outcomes(other)
    assert (found["rank"], found["decision_flips"]) == (GateOutcome.FAILED, GateOutcome.FAILED)
    assert (found["calibration"], found["score_stability"]) == (GateOutcome.PASSED, GateOutcome.PASSED)


def test_a_refit_that_is_a_fifth_higher_on_average_does_not_agree() -> None:
    found = outcomes(replace(SAME, refit_pd=np.clip(1.2 * expit(MARGIN), 0.0, 1.0)))
    assert found["calibration"] is GateOutcome.FAILED
    assert found["rank"] is GateOutcome.PASSED


def test_a_refit_whose_pds_lie_closer_together_does_not_agree() -> None:
    narrow = expit(MARGIN.mean() + 0.4 * (MARGIN - MARGIN.mean()))
    found = outcomes(replace(SAME, refit_pd=narrow * expit(MARGIN).mean() / narrow.mean()))
    assert found["score_stability"] is GateOutcome.FAILED
    assert found["calibration"] is GateOutcome.PASSED


@pytest.mark.parametrize("answer", [np.full(4000, -2.0), np.where(MARGIN > 0, np.nan, MARGIN)])
def test_answers_that_are_all_the_same_or_not_finite_agree_with_nothing(answer: np.ndarray) -> None:
    gates = agreement_gates(replace(SAME, refit_margin=answer))
    assert [(gate.code, gate.value, gate.outcome) for gate in gates] == [("G7.rank", None, GateOutcome.FAILED)]
