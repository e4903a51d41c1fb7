"""G4: does a pd of five per cent mean five in a hundred, and do worse grades lose more?"""

import numpy as np
import pytest

from kingmaker.domain.thresholds import Grade, ScoreScale, Thresholds
from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.gates.calibrated import calibration_gates, grade_gate
from kingmaker.pipeline.declaration import Gates
from kingmaker.statistics.grades import rounded_score

ROWS = 10_000
DICE = np.random.default_rng(3)
MARGIN = DICE.normal(-2.2, 1.0, ROWS)
BAD = (DICE.random(ROWS) < 1 / (1 + np.exp(-MARGIN))).astype(float)


def pd_of(margin: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-margin))


TRUE = pd_of(MARGIN)
STEEP, FLAT, SHIFTED = pd_of(2.0 * MARGIN + 1.9), pd_of(0.5 * MARGIN - 1.2), pd_of(MARGIN + 0.4)
BACKWARDS = pd_of(-MARGIN - 4.4)


def gates(pd: np.ndarray, champion: np.ndarray | None = None) -> dict[str, Gate]:
    return {gate.code.split(".")[1]: gate for gate in calibration_gates(Gates(), BAD, pd, champion, window="selection")}


def outcomes(pd: np.ndarray, champion: np.ndarray | None = None) -> dict[str, str]:
    return {name: gate.outcome.value for name, gate in gates(pd, champion).items()}


def test_true_pds_pass_and_the_brier_score_waits_for_a_champion() -> None:
    assert outcomes(TRUE) == {"slope": "passed", "mean": "passed", "brier": "not_judged"}


@pytest.mark.parametrize(("pd", "slope"), [(STEEP, 0.5), (FLAT, 2.0), (BACKWARDS, -1.0)])
def test_pds_that_are_too_extreme_too_timid_or_backwards_fail_by_their_slope(pd: np.ndarray, slope: float) -> None:
    gate = gates(pd)["slope"]
    assert gate.outcome is GateOutcome.FAILED
    assert gate.value == pytest.approx(slope, rel=0.1)


def test_a_mean_beyond_a_tenth_of_the_bad_rate_fails_in_either_direction() -> None:
    assert outcomes(SHIFTED)["mean"] == "failed"
    assert outcomes(pd_of(MARGIN - 0.4))["mean"] == "failed"


def test_a_true_pd_hardly_ever_fails_by_chance_however_few_the_loans() -> None:
    dice = np.random.default_rng(5)
    failed = 0
    for _ in range(100):
        margin = dice.normal(-2.2, 1.0, 1_500)
        bad = (dice.random(1_500) < pd_of(margin)).astype(float)
        failed += any(
            gate.outcome is GateOutcome.FAILED
            for gate in calibration_gates(Gates(), bad, pd_of(margin), None, window="test")
        )
    assert failed <= 4


def test_being_no_worse_than_the_champion_is_enough() -> None:
    assert outcomes(SHIFTED, champion=pd_of(MARGIN + 0.5))["mean"] == "passed"
    assert outcomes(STEEP, champion=pd_of(2.2 * MARGIN + 2.3))["slope"] == "passed"


def test_no_worse_than_the_champion_means_beyond_chance() -> None:
    """Two pds that miss alike, one by a hair more: the newer is not failed for the hair, and for more than chance it is."""
    champion = pd_of(MARGIN + 0.5)
    assert outcomes(pd_of(MARGIN + 0.53), champion=champion)["mean"] == "passed"
    assert outcomes(pd_of(MARGIN + 0.65), champion=champion)["mean"] == "failed"
    too_steep = pd_of(2.0 * MARGIN + 2.2)
    assert outcomes(pd_of(2.04 * MARGIN + 2.3), champion=too_steep)["slope"] == "passed"
    assert outcomes(pd_of(2.4 * MARGIN + 3.1), champion=too_steep)["slope"] == "failed"


def test_what_the_champion_allows_for_the_mean_is_its_own_error_and_chance() -> None:
    """The chance is that of the bad rate: the same sample stands behind both means."""
    alone, beside = gates(SHIFTED)["mean"], gates(SHIFTED, champion=SHIFTED)["mean"]
    assert alone.limit is not None
    assert beside.limit == pytest.approx(alone.limit - Gates().max_calibration_error + (alone.value or 0.0))


def test_a_challenger_that_ranks_backwards_is_no_better_than_any_champion() -> None:
    assert outcomes(BACKWARDS, champion=BACKWARDS)["slope"] == "failed"


def test_twice_as_steep_is_as_far_off_as_half_as_steep() -> None:
    assert outcomes(pd_of(0.65 * MARGIN), champion=pd_of(2.0 * MARGIN))["slope"] == "passed"
    assert outcomes(pd_of(0.4 * MARGIN), champion=pd_of(2.0 * MARGIN))["slope"] == "failed"


def test_a_better_champion_does_not_narrow_the_absolute_limits() -> None:
    slightly_off = pd_of(MARGIN + 0.05)
    assert outcomes(slightly_off)["mean"] == outcomes(slightly_off, champion=TRUE)["mean"] == "passed"


def test_a_champion_that_ranks_backwards_allows_nothing() -> None:
    assert outcomes(STEEP, champion=BACKWARDS)["slope"] == "failed"


def test_the_brier_score_may_not_be_worse_than_the_champions_beyond_doubt() -> None:
    assert outcomes(TRUE, champion=TRUE)["brier"] == "passed"
    assert outcomes(STEEP, champion=TRUE)["brier"] == "failed"
    assert outcomes(TRUE, champion=STEEP)["brier"] == "passed"


def ladder(*floors: int) -> Thresholds:
    grades = [
        Grade(name=name, lowest_score=floor, share=0.2, bad_rate=0.1)
        for name, floor in zip("ABCD", floors, strict=False)
    ]
    return Thresholds(
        scale=ScoreScale(),
        grades=(*grades, Grade(name="Z", lowest_score=None, share=0.2, bad_rate=0.1)),
        approve_from=500,
        approval_rate=0.7,
        method="optimal",
    )


SCORE = rounded_score(ScoreScale(), TRUE)


def test_worse_grades_lose_more() -> None:
    assert grade_gate(ladder(580, 550, 520), SCORE, BAD, TRUE, window="test").outcome is GateOutcome.PASSED


def test_a_ladder_in_the_wrong_order_fails() -> None:
    assert grade_gate(ladder(580, 550, 520), 1100 - SCORE, BAD, TRUE, window="test").outcome is GateOutcome.FAILED


def test_chance_alone_inverts_no_grades() -> None:
    coin = (np.random.default_rng(5).random(ROWS) < BAD.mean()).astype(float)
    assert grade_gate(ladder(580, 550, 520), SCORE, coin, TRUE, window="test").outcome is GateOutcome.PASSED


def test_a_small_grade_between_two_does_not_hide_that_they_are_inverted() -> None:
    score = np.repeat([600, 560, 500], [3000, 12, 3000])
    bad = np.concatenate([np.arange(3000) < 300, np.arange(12) < 1, np.arange(3000) < 200]).astype(float)
    gate = grade_gate(ladder(580, 550), score, bad, np.full(bad.size, 0.1), window="test")
    assert gate.outcome is GateOutcome.FAILED


def test_grades_that_nobody_has_are_passed_over() -> None:
    gate = grade_gate(ladder(900, 580, 550), SCORE, BAD, TRUE, window="test")
    assert gate.outcome is GateOutcome.PASSED
    assert "A " not in gate.sentence
