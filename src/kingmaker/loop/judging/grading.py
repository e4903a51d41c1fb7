"""Grades and approval cut from margins that the model was not fitted on: the same for what is tested and for its refit."""

from kingmaker.domain.thresholds import Calibration, ScoreScale, Thresholds
from kingmaker.loop.judging.answers import Floats
from kingmaker.loop.judging.gates.stability import MIN_RECENT_ROWS
from kingmaker.pipeline.declaration import Policy
from kingmaker.statistics.calibration import apply_calibration
from kingmaker.statistics.grades import keep_cuts_that_hardly_move, refit_grades, rounded_score


def thresholds_of(
    policy: Policy,
    calibration: Calibration,
    margin: Floats,
    bad: Floats,
    *,
    recent_margin: Floats,
    in_force: Thresholds | None,
) -> Thresholds:
    """Thresholds from labelled rows [n] and, where there are enough of them, the shares of the recent applicants [m].

    A cut that the refit hardly moves stays where it is `in_force`, None without a champion to compare with.
    """
    grades = policy.grades
    scale = ScoreScale(
        base_score=grades.base_score, base_odds=grades.base_odds, points_to_double=grades.points_to_double
    )
    enough = len(recent_margin) >= MIN_RECENT_ROWS
    recent = rounded_score(scale, apply_calibration(calibration, recent_margin)) if enough else None
    score = rounded_score(scale, apply_calibration(calibration, margin))
    fitted = refit_grades(
        score,
        bad,
        scale=scale,
        names=grades.names,
        method=grades.method,
        shares=grades.shares,
        bad_rates=grades.bad_rates,
        min_share=grades.min_share,
        min_bads=grades.min_bads,
        approval_rate=policy.approval_rate,
        max_bad_rate=policy.max_bad_rate,
        recent_score=recent,
    )
    if in_force is None:
        return fitted
    return keep_cuts_that_hardly_move(in_force, fitted, score, bad, recent_score=recent)
