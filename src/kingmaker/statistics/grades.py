"""Grade thresholds: cut on rounded scores, refitted with every model, never out of order."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from kingmaker.domain.evidence import GradeRow
from kingmaker.domain.thresholds import Grade, ScoreScale, Thresholds
from kingmaker.statistics.approval_cut import approval_cut, share_from
from kingmaker.statistics.arrays import Floats, Integers, Numbers, outcomes, probabilities
from kingmaker.statistics.calibration import SMALLEST_PD, wilson_interval
from kingmaker.statistics.grade_cuts import (
    ScoreTable,
    cuts_at_bad_rates,
    cuts_at_shares,
    grade_index,
    merged_until_rising,
    optimal_cuts,
    score_table,
)

GradeMethod = Literal["optimal", "target_share", "target_bad_rate"]
FEWEST_RECENT = 500
"""With fewer recent applicants, shares are measured on the labelled rows."""


def rounded_score(scale: ScoreScale, pd: Numbers) -> Integers:
    """Rounded scores [n]: offset + factor ln((1 - pd) / pd), half to even; higher is safer."""
    safe = np.clip(probabilities(pd, np.size(pd)), SMALLEST_PD, 1.0 - SMALLEST_PD)
    score: Integers = np.rint(scale.offset - scale.factor * logit(safe)).astype(np.int64)
    return score


def refit_grades(  # noqa: PLR0913 -- one keyword for each line of the declaration
    score: Integers,
    bad: Numbers,
    *,
    scale: ScoreScale,
    names: Sequence[str],
    approval_rate: float,
    method: GradeMethod = "optimal",
    shares: Sequence[float] | None = None,
    bad_rates: Sequence[float] | None = None,
    min_share: float = 0.03,
    min_bads: int = 30,
    max_bad_rate: float | None = None,
    recent_score: Integers | None = None,
) -> Thresholds:
    """Thresholds from the rounded scores [n] of labelled rows and, for shares, of recent applicants [m] if at least 500.

    `optimal` maximises information value with `min_share` and `min_bads` in each grade and neighbours that differ by
    more than chance (one-sided z >= 1.64); `target_share` cuts at `shares` (equal when None); `target_bad_rate` where
    the isotonic bad rate crosses `bad_rates`, one for each grade but the last. Neighbours whose bad rates do not rise
    are merged: names are kept from the best, and the note says so. Raises ValueError on a single class.
    """
    table = score_table(score, outcomes(bad))
    reference = _reference(score, recent_score)
    match method:
        case "optimal":
            cuts = optimal_cuts(table, len(names), min_share=min_share, min_bads=min_bads)
        case "target_share":
            cuts = cuts_at_shares(reference, shares or [1.0 / len(names)] * len(names))
        case "target_bad_rate":
            if bad_rates is None or len(bad_rates) != len(names) - 1:
                raise ValueError("target_bad_rate needs a bad rate for each grade but the last")
            cuts = cuts_at_bad_rates(table, bad_rates)
        case _:
            raise ValueError(f"grades are refitted by one of {', '.join(get_args(GradeMethod))}, not {method}")
    kept = merged_until_rising(table, cuts)
    approve_from, remark = approval_cut(table, reference, approval_rate, max_bad_rate)
    notes = [_merge_note(names, len(kept) + 1), remark]
    return _measured(
        Thresholds(
            scale=scale,
            grades=_named(names, kept),
            approve_from=approve_from,
            approval_rate=0.0,
            method=method,
            note=" ".join(note for note in notes if note),
        ),
        table,
        reference,
    )


def keep_cuts_that_hardly_move(
    old: Thresholds,
    new: Thresholds,
    score: Integers,
    bad: Numbers,
    *,
    by: int = 2,
    recent_score: Integers | None = None,
) -> Thresholds:
    """`new` with the old cut wherever the refit moves it by less than `by` points; shares and bad rates measured again.

    `score`, `bad` and `recent_score` are those of the refit. `new` is returned as it is when the scales differ or when
    keeping cuts would put the bad rates out of order.
    """
    if old.scale != new.scale:
        return new
    before = {grade.name: grade.lowest_score for grade in old.grades}
    grades = tuple(
        replace(grade, lowest_score=_kept(before.get(grade.name), grade.lowest_score, by)) for grade in new.grades
    )
    cuts = [grade.lowest_score for grade in grades if grade.lowest_score is not None]
    table = score_table(score, outcomes(bad))
    if any(worse >= better for better, worse in pairwise(cuts)) or merged_until_rising(table, cuts) != cuts:
        return new
    approve_from = _kept(old.approve_from, new.approve_from, by)
    assert approve_from is not None
    kept = replace(new, grades=grades, approve_from=approve_from)
    return _measured(kept, table, _reference(score, recent_score))


def _kept(old: int | None, new: int | None, by: int) -> int | None:
    return old if old is not None and new is not None and abs(new - old) < by else new


def grade_of(thresholds: Thresholds, score: Integers) -> NDArray[np.str_]:
    """The grade's name of each rounded score: [n]."""
    names = np.array([grade.name for grade in thresholds.grades])
    graded: NDArray[np.str_] = names[grade_index(score, _cuts(thresholds))]
    return graded


def grade_rows(thresholds: Thresholds, score: Integers, bad: Numbers, pd: Numbers) -> tuple[GradeRow, ...]:
    """Each grade, best first, on one window; a grade without rows has rates 0 and the interval (0, 1)."""
    outcome = outcomes(bad, both_classes=False)
    predicted = probabilities(pd, outcome.size)
    index = grade_index(score, _cuts(thresholds))
    return tuple(
        _grade_row(grade, outcome[index == i], predicted[index == i], outcome.size)
        for i, grade in enumerate(thresholds.grades)
    )


def grades_rise(rows: Sequence[GradeRow]) -> bool:
    """Whether the bad rate rises strictly from each grade to the next worse one; grades without rows are passed over."""
    rates = [row.bad_rate for row in rows if row.rows]
    return all(better < worse for better, worse in pairwise(rates))


def _grade_row(grade: Grade, bad: Floats, pd: Floats, rows: int) -> GradeRow:
    low, high = wilson_interval(float(bad.sum()), bad.size)
    return GradeRow(
        name=grade.name,
        lowest_score=grade.lowest_score,
        rows=bad.size,
        share=bad.size / rows,
        bads=int(bad.sum()),
        bad_rate=float(bad.mean()) if bad.size else 0.0,
        mean_pd=float(pd.mean()) if bad.size else 0.0,
        low=low,
        high=high,
    )


def _reference(score: Integers, recent_score: Integers | None) -> Integers:
    """The applicants whose shares count: the recent ones where there are enough of them."""
    if recent_score is not None and np.size(recent_score) >= FEWEST_RECENT:
        return np.asarray(recent_score, dtype=np.int64)
    return np.asarray(score, dtype=np.int64)


def _cuts(thresholds: Thresholds) -> list[int]:
    return [grade.lowest_score for grade in thresholds.grades if grade.lowest_score is not None]


def _named(names: Sequence[str], cuts: Sequence[int]) -> tuple[Grade, ...]:
    floors = [*cuts, None]
    return tuple(
        Grade(name=name, lowest_score=floor, share=0.0, bad_rate=0.0)
        for name, floor in zip(names, floors, strict=False)
    )


def _measured(thresholds: Thresholds, table: ScoreTable, reference: Integers) -> Thresholds:
    """The same cuts with shares of the reference applicants and bad rates of the labelled rows."""
    cuts = _cuts(thresholds)
    goods, bads = table.counts_by_cut(cuts)
    share = np.bincount(grade_index(reference, cuts), minlength=len(cuts) + 1) / reference.size
    grades = tuple(
        replace(grade, share=float(share[i]), bad_rate=float(bads[i] / (goods[i] + bads[i])))
        for i, grade in enumerate(thresholds.grades)
    )
    return replace(thresholds, grades=grades, approval_rate=share_from(reference, thresholds.approve_from))


def _merge_note(names: Sequence[str], grades: int) -> str:
    if grades == len(names):
        return ""
    left = ", ".join(names[grades:])
    return f"Only {grades} of {len(names)} grades could be told apart; neighbours were merged and {left} left out."
