"""Grades: cut on rounded scores, always in order, approval as asked, and steady when little moves."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from kingmaker.domain.thresholds import ScoreScale
from kingmaker.statistics.grades import (
    grade_of,
    grade_rows,
    grades_rise,
    keep_cuts_that_hardly_move,
    refit_grades,
    rounded_score,
)

SCALE = ScoreScale()
NAMES = ("A", "B", "C", "D", "E")


def book(rows=20_000, seed=8, strength=1.0):
    random = np.random.default_rng(seed)
    pd = expit(-2.2 + 1.1 * random.normal(size=rows))
    bad = (random.uniform(size=rows) < expit(strength * (np.log(pd / (1 - pd)) + 2.2) - 2.2)).astype(float)
    return rounded_score(SCALE, pd), bad, pd


def refitted(score, bad, **changes):
    return refit_grades(score, bad, **{"scale": SCALE, "names": NAMES, "approval_rate": 0.7, **changes})


def cuts(thresholds):
    return [grade.lowest_score for grade in thresholds.grades[:-1]]


def test_six_hundred_points_are_odds_of_fifty_to_one_and_twenty_points_double_them():
    assert rounded_score(SCALE, np.array([1 / 51, 1 / 101, 1 / 26])).tolist() == [600, 620, 580]


@pytest.mark.parametrize("method", ["optimal", "target_share", "target_bad_rate"])
def test_the_bad_rate_rises_from_grade_to_grade(method):
    score, bad, pd = book()
    found = refitted(score, bad, method=method, bad_rates=(0.03, 0.06, 0.12, 0.25))
    assert [grade.name for grade in found.grades] == list(NAMES)
    assert (found.method, found.note) == (method, "")
    assert all(better > worse for better, worse in pairwise(cuts(found)))
    assert found.grades[-1].lowest_score is None
    rows = grade_rows(found, score, bad, pd)
    assert grades_rise(rows)
    assert [row.bad_rate for row in rows] == pytest.approx([grade.bad_rate for grade in found.grades])
    assert sum(row.share for row in rows) == pytest.approx(1.0)


def test_optimal_grades_keep_their_smallest_share_and_number_of_bads():
    score, bad, pd = book(4000)
    rows = grade_rows(refitted(score, bad, min_share=0.1, min_bads=40), score, bad, pd)
    assert min(row.share for row in rows) >= 0.1
    assert min(row.bads for row in rows) >= 40


def test_target_shares_are_those_of_the_recent_applicants_when_there_are_enough():
    score, bad, _ = book()
    shares = (0.3, 0.25, 0.2, 0.15, 0.1)
    recent = score[:5000] - 30
    found = refitted(score, bad, method="target_share", shares=shares, recent_score=recent)
    assert [grade.share for grade in found.grades] == pytest.approx(shares, abs=0.02)
    few = refitted(score, bad, method="target_share", shares=shares, recent_score=recent[:499])
    assert few == refitted(score, bad, method="target_share", shares=shares)


def test_target_bad_rates_bound_every_grade_but_the_last():
    score, bad, _ = book()
    limits = (0.03, 0.06, 0.12, 0.25)
    found = refitted(score, bad, method="target_bad_rate", bad_rates=limits)
    assert all(grade.bad_rate <= limit for grade, limit in zip(found.grades, limits, strict=False))


def test_grades_that_cannot_be_told_apart_are_merged_and_the_note_says_so():
    score, bad, _ = book(3000, strength=0.0)
    found = refitted(score, bad, method="optimal")
    assert len(found.grades) < 5
    assert [grade.name for grade in found.grades] == list(NAMES[: len(found.grades)])
    assert "neighbours were merged" in found.note


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(["optimal", "target_share", "target_bad_rate"]))
def test_no_data_make_a_ladder_out_of_order(data, method):
    rows = data.draw(st.integers(4, 120))
    random = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    score, bad = random.integers(500, 510, size=rows), random.integers(0, 2, size=rows)
    bad[:2] = (0, 1)
    found = refitted(score, bad, method=method, bad_rates=(0.3, 0.4, 0.5, 0.6), min_bads=1)
    assert all(better > worse for better, worse in pairwise(cuts(found)))
    assert all(better.bad_rate < worse.bad_rate for better, worse in pairwise(found.grades))
    assert sum(grade.share for grade in found.grades) == pytest.approx(1.0)


def test_a_score_on_the_cut_belongs_to_the_better_grade():
    score, bad, _ = book()
    found = refitted(score, bad)
    first = found.grades[0].lowest_score
    assert grade_of(found, np.array([first, first - 1, 2000, -2000])).tolist() == ["A", "B", "A", "E"]


def test_the_approval_cut_is_the_smallest_whole_score_nearest_to_the_approval_rate():
    score, bad = np.array([600] * 3 + [580] * 4 + [560] * 3), np.tile([0, 1], 5)
    assert refitted(score, bad, approval_rate=0.7).approve_from == 561
    assert refitted(score, bad, approval_rate=0.6).approval_rate == 0.7
    assert refitted(score, bad, approval_rate=0.45).approve_from == 581
    assert refitted(score, bad, approval_rate=1.0).approve_from == 560


def test_recent_applicants_decide_the_approval_cut():
    score, bad, _ = book()
    recent = score + 25
    moved, plain = refitted(score, bad, recent_score=recent), refitted(score, bad)
    assert moved.approve_from == plain.approve_from + 25
    assert moved.approval_rate == plain.approval_rate == pytest.approx(0.7, abs=0.01)


def test_risk_appetite_lowers_the_approval_rate_but_never_raises_it():
    score, bad, _ = book()
    plain = refitted(score, bad)
    strict = refitted(score, bad, max_bad_rate=0.05)
    assert strict.approve_from > plain.approve_from
    assert bad[score >= strict.approve_from].mean() <= 0.05
    assert "bad rate at or below 5.00%" in strict.note
    assert refitted(score, bad, max_bad_rate=0.9) == plain


def test_an_appetite_that_nobody_meets_approves_nobody():
    score, bad = np.tile([600, 500], 100), np.ones(200)
    bad[:2] = 0
    found = refitted(score, bad, max_bad_rate=0.01)
    assert (found.approve_from, found.approval_rate) == (601, 0.0)
    assert "nobody is approved" in found.note


def test_a_cut_that_moves_by_less_than_two_points_stays():
    score, bad, _ = book()
    new = refitted(score, bad)
    moved = [replace(grade, lowest_score=grade.lowest_score and grade.lowest_score + 1) for grade in new.grades]
    old = replace(new, grades=tuple(moved), approve_from=new.approve_from - 1)
    kept = keep_cuts_that_hardly_move(old, new, score, bad)
    assert cuts(kept) == cuts(old)
    assert kept.approve_from == old.approve_from
    assert kept.approval_rate == pytest.approx(float((score >= old.approve_from).mean()))
    assert kept.grades[0].bad_rate == pytest.approx(bad[score >= old.grades[0].lowest_score].mean())
    far = replace(old, approve_from=new.approve_from - 2)
    assert keep_cuts_that_hardly_move(far, new, score, bad).approve_from == new.approve_from


def test_cuts_of_another_scale_are_not_kept():
    score, bad, _ = book(2000)
    new = refitted(score, bad)
    old = replace(new, scale=ScoreScale(base_score=500.0), approve_from=new.approve_from + 1)
    assert keep_cuts_that_hardly_move(old, new, score, bad) is new


def test_a_grade_without_rows_is_shown_as_unknown():
    score, bad, _ = book()
    found = refitted(score, bad)
    rows = grade_rows(found, np.array([2000]), np.array([0]), np.array([0.1]))
    assert (rows[0].rows, rows[1].rows, rows[1].bad_rate, rows[1].low, rows[1].high) == (1, 0, 0.0, 0.0, 1.0)


def test_scores_that_are_not_whole_numbers_are_refused():
    with pytest.raises(ValueError, match="rounded scores"):
        refitted(np.array([600.5, 580.0]), np.array([0, 1]))
    with pytest.raises(ValueError, match="goods and bads"):
        refitted(np.array([600, 580]), np.array([0, 0]))
    with pytest.raises(ValueError, match="each grade but the last"):
        refitted(np.array([600, 580]), np.array([0, 1]), method="target_bad_rate")
