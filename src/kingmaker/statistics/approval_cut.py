"""The approval cut: the rounded score from which applicants are approved."""

import numpy as np

from kingmaker.statistics.approval import SMALLEST_JUDGED_APPROVAL, SMALLEST_JUDGED_BADS
from kingmaker.statistics.arrays import Booleans, Integers, rate
from kingmaker.statistics.grade_cuts import ScoreTable


def approval_cut(
    table: ScoreTable, reference: Integers, approval_rate: float, max_bad_rate: float | None
) -> tuple[int, str]:
    """The cut whose share of reference applicants is nearest to the approval rate, and a remark or "".

    It is the smallest whole score with that share. Of two equally near cuts the stricter is taken, so the share exceeds
    the rate by less than half of the applicants tied at the cut. With `max_bad_rate` the cut is raised until the bad rate
    of the labelled rows it approves, and of every stricter judged cut, is no higher.
    """
    cut = _nearest(reference, rate(approval_rate))
    if max_bad_rate is None:
        return cut, ""
    strict, found = _strict_enough(table, rate(max_bad_rate, "highest bad rate"))
    if not found:
        return max(cut, strict), f"No approval keeps the bad rate at or below {max_bad_rate:.2%}: nobody is approved."
    if strict <= cut:
        return cut, ""
    return strict, f"Approval was lowered to keep the bad rate at or below {max_bad_rate:.2%}."


def share_from(score: Integers, cut: int) -> float:
    """Share of applicants whose score is at least the cut."""
    return float((np.asarray(score) >= cut).mean())


def _nearest(reference: Integers, approval_rate: float) -> int:
    distinct, rows = np.unique(-reference, return_counts=True)
    reached = np.cumsum(rows) / rows.sum()
    return _smallest_whole(-distinct, int(np.abs(reached - approval_rate).argmin()))


def _strict_enough(table: ScoreTable, max_bad_rate: float) -> tuple[int, bool]:
    """The lowest cut with a bad rate that is low enough; judged like `approval_at_bad_rate`, unless all judged cuts fail."""
    bads, mass = np.cumsum(table.bads), np.cumsum(table.rows)
    too_bad = bads > max_bad_rate * mass + 1e-9
    judged = (mass >= SMALLEST_JUDGED_APPROVAL * mass[-1]) & (bads >= SMALLEST_JUDGED_BADS)
    passed = _passed(too_bad & judged)
    if passed == 0 or not judged[passed - 1]:
        passed = _passed(too_bad)
    if passed == 0:
        return int(table.score[0]) + 1, False
    return _smallest_whole(table.score, passed - 1), True


def _passed(too_bad: Booleans) -> int:
    """How many cuts, strictest first, come before the first that is too bad."""
    return int(np.argmax(too_bad)) if too_bad.any() else too_bad.size


def _smallest_whole(score: Integers, at: int) -> int:
    """The smallest whole cut that approves the scores (descending) up to position `at` and nobody below."""
    return int(score[at + 1]) + 1 if at + 1 < score.size else int(score[at])
