"""Evidence is computed from answers as they are, and agrees with what can be counted by hand."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.domain.snapshot import ColumnKind, Feature, Window
from kingmaker.domain.thresholds import Grade, ScoreScale, Thresholds
from kingmaker.loop.judging.answered import AnsweredWindow
from kingmaker.loop.judging.bins import binned
from kingmaker.loop.judging.feature_evidence import feature_evidence, importances
from kingmaker.loop.judging.group_evidence import group_rows
from kingmaker.loop.judging.model_evidence import Worth, model_evidence
from kingmaker.statistics.grades import rounded_score

SCALE = ScoreScale()
THRESHOLDS = Thresholds(
    scale=SCALE,
    grades=(
        Grade(name="A", lowest_score=560, share=0.3, bad_rate=0.03),
        Grade(name="B", lowest_score=540, share=0.4, bad_rate=0.08),
        Grade(name="C", lowest_score=None, share=0.3, bad_rate=0.2),
    ),
    approve_from=540,
    approval_rate=0.7,
    method="optimal",
)
JANUARY_2022 = 2022 * 12


def answered(window: Window, *, rows: int = 4000, first_month: int = JANUARY_2022, seed: int = 3) -> AnsweredWindow:
    dice = np.random.default_rng(seed)
    margin = dice.normal(-2.4, 0.9, rows)
    pd = 1 / (1 + np.exp(-margin))
    labelled = window is not Window.RECENT
    return AnsweredWindow(
        window=window,
        bad=(dice.random(rows) < pd).astype(float) if labelled else np.full(rows, np.nan),
        pd=pd,
        score=rounded_score(SCALE, pd),
        month=first_month + np.arange(rows) * 6 // rows,
        amount=np.full(rows, 1000.0),
    )


ALL = tuple(answered(window, first_month=JANUARY_2022 + 6 * place, seed=place) for place, window in enumerate(Window))


def evidence(windows=ALL, **changed):
    asked = {"version": None, "learner": "xgboost", "thresholds": THRESHOLDS, "approval_rate": 0.7, "windows": windows}
    asked["worth"] = Worth(return_on_good=0.05, loss_given_default=0.6)
    return model_evidence(**(asked | changed))


def test_a_model_is_judged_on_the_test_window_alone():
    found = evidence()
    test = next(window for window in ALL if window.window is Window.TEST)
    assert (found.rows, found.bads) == (test.bad.size, int(test.bad.sum()))
    assert found.bad_rate == pytest.approx(test.bad.mean())
    assert found.gini == pytest.approx(2 * found.auc - 1)
    assert 0 < found.auc_standard_error < 0.05


def test_both_models_are_cut_at_the_declared_approval_rate_whatever_their_thresholds():
    assert evidence(approval_rate=0.6).at_cut.approval_rate == pytest.approx(0.6)


def test_the_money_of_a_false_kill_is_what_the_rejected_good_customers_were_lent():
    found = evidence()
    goods = found.rows - found.bads
    assert found.false_kill_amount == pytest.approx(found.at_cut.false_kill * goods * 1000.0, rel=0.01)
    assert found.false_kill_profit == pytest.approx(0.05 * found.false_kill_amount)


def test_the_profit_at_the_cut_is_the_return_on_approved_goods_less_the_loss_on_approved_bads():
    found = evidence()
    approved = 0.7 * found.rows * 1000.0
    lost = found.at_cut.bad_rate * approved
    assert found.profit_at_cut == pytest.approx(0.05 * (approved - lost) - 0.6 * lost, rel=0.02)


def test_without_an_amount_there_is_no_money_figure():
    test = ALL[3]
    bare = AnsweredWindow(window=test.window, bad=test.bad, pd=test.pd, score=test.score, month=test.month)
    assert evidence((bare,)).false_kill_amount is None


def test_a_window_that_nobody_answered_cannot_be_judged():
    with pytest.raises(ValueError, match="no answers on the test window"):
        evidence(ALL[:2])


def test_curves_stay_small_enough_to_draw():
    found = evidence()
    assert len(found.roc) <= 200
    assert len(found.approval) <= 200
    assert (found.roc[0].x, found.roc[-1].y) == (0.0, 1.0)


def test_months_cover_every_window_in_order_and_recent_applicants_have_no_bad_rate():
    months = evidence().months
    assert [row.month for row in months] == sorted(row.month for row in months)
    assert months[0].month == date(2022, 1, 1)
    assert len(months) == 6 * len(Window)
    assert all((row.bad_rate is None) == (row.window == "recent") for row in months)
    assert all(row.auc is None for row in months if row.window == "recent")


def test_a_month_shared_by_two_windows_has_a_row_for_each():
    shared = (answered(Window.CALIBRATION, seed=1), answered(Window.TEST, seed=2))
    months = [row for row in evidence(shared).months if row.month == date(2022, 1, 1)]
    assert [row.window for row in months] == ["calibration", "test"]


def test_a_month_with_few_bads_has_no_auc_and_a_small_month_no_psi():
    small = answered(Window.TEST, rows=240)
    months = evidence((ALL[1], small)).months
    assert all(row.auc is None and row.psi is None for row in months if row.window == "test")


def test_psi_is_nought_where_nothing_moved_and_large_where_scores_shifted():
    calibration, test = ALL[1], ALL[3]
    shifted = AnsweredWindow(window=Window.TEST, bad=test.bad, pd=test.pd, score=test.score - 25, month=test.month)
    still = [row.psi for row in evidence((calibration, test)).months if row.window == "test"]
    moved = [row.psi for row in evidence((calibration, shifted)).months if row.window == "test"]
    assert max(still) < 0.1
    assert min(moved) > 0.25


def test_rows_without_a_date_are_in_no_month():
    test = ALL[3]
    undated = AnsweredWindow(
        window=Window.TEST, bad=test.bad, pd=test.pd, score=test.score, month=np.full(test.bad.size, -1)
    )
    assert evidence((undated,)).months == ()


def test_the_importance_of_a_raw_column_is_that_of_all_its_outputs_together():
    contributions = np.array([[1.0, 1.0, 0.5, 9.0], [-1.0, -1.0, -0.5, 9.0]])
    assert importances(("income", "income", "purpose"), contributions) == pytest.approx({"income": 0.8, "purpose": 0.2})


def test_outputs_that_cancel_out_are_no_importance():
    contributions = np.array([[1.0, -1.0, 0.5], [-1.0, 1.0, -0.5]])
    assert importances(("income", "income", "purpose"), contributions)["income"] == 0.0


def test_a_constant_offset_is_no_importance():
    contributions = np.array([[5.0, 0.5], [5.0, -0.5]])
    assert importances(("income", "purpose"), contributions) == {"income": 0.0, "purpose": 1.0}


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.integers(1, 40), st.integers(1, 6))
def test_importances_add_up_to_one_or_are_all_nought(seed, rows, outputs):
    contributions = np.random.default_rng(seed).normal(size=(rows, outputs))
    found = importances([f"column {index % 3}" for index in range(outputs)], contributions)
    assert sum(found.values()) == pytest.approx(0.0 if rows == 1 else 1.0)


def test_effects_tell_share_prediction_and_outcome_of_each_level_with_the_missing_last():
    frame = pl.DataFrame({"purpose": ["car", "car", "home", None], "income": [1.0, 2.0, 3.0, None]})
    found = feature_evidence(
        features=(Feature(name="income", kind=ColumnKind.NUMBER), Feature(name="purpose", kind=ColumnKind.CATEGORY)),
        frame=frame,
        origins=("income", "purpose"),
        contributions=np.array([[0.1, 1.0], [0.1, 1.0], [-0.1, -1.0], [-0.1, -1.0]]),
        pd=np.array([0.1, 0.3, 0.5, 0.7]),
        bad=np.array([0.0, 1.0, np.nan, 1.0]),
    )
    assert [feature.name for feature in found] == ["purpose", "income"]
    car, home, missing = found[0].effect
    assert (car.label, home.label, missing.label) == ("car", "home", "missing")
    assert (car.share, car.mean_pd, car.bad_rate) == pytest.approx((0.5, 0.2, 0.5))
    assert home.bad_rate is None


def test_bins_of_a_number_are_read_as_intervals():
    labels = binned(pl.Series("amount", np.arange(80_000, dtype=float)), ColumnKind.NUMBER, most=4).labels
    assert labels == ("< 19,999", "19,999 to 39,999", "39,999 to 59,999", "≥ 59,999")


def test_rare_levels_share_a_bin():
    column = pl.Series("state", ["a"] * 5 + ["b"] * 3 + ["c", "d", ""])
    assert binned(column, ColumnKind.CATEGORY, most=2).labels == ("a", "b", "other levels", "missing")


def test_a_number_that_is_mostly_its_lowest_value_still_has_bins_for_the_rest():
    column = pl.Series("debt", [0.0] * 900 + [float(value) for value in range(1, 101)])
    found = binned(column, ColumnKind.NUMBER)
    assert found.labels[0] == "< 1"
    assert np.bincount(found.bin)[0] == 900
    assert 4 <= len(found.labels) <= 8


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(st.none(), st.floats()), min_size=1, max_size=60), st.integers(2, 9))
def test_every_row_of_a_number_is_in_one_bin_and_no_bin_is_empty(values, most):
    groups = binned(pl.Series("x", values, dtype=pl.Float64), ColumnKind.NUMBER, most=most)
    assert set(groups.bin.tolist()) == set(range(len(groups.labels)))
    assert len(groups.labels) <= most + 1


def test_adverse_impact_is_against_the_most_approved_group_that_is_large_enough():
    frame = pl.DataFrame({"sex": ["f"] * 200 + ["m"] * 200 + ["x"] * 10 + [None] * 200})
    approved = np.array([True] * 100 + [False] * 100 + [True] * 160 + [False] * 40 + [True] * 10 + [True] * 200)
    rows = {
        row.group: row for row in group_rows(attributes=("sex",), frame=frame, approved=approved, bad=np.zeros(610))
    }
    assert rows["f"].adverse_impact_ratio == pytest.approx(0.625)
    assert rows["m"].adverse_impact_ratio == 1.0
    assert rows["x"].adverse_impact_ratio is None
    assert rows["missing"].adverse_impact_ratio is None


def test_an_attribute_with_many_numbers_is_shown_in_quarters():
    frame = pl.DataFrame({"age": np.arange(20, 80)})
    rows = group_rows(attributes=("age",), frame=frame, approved=np.ones(60, dtype=bool), bad=np.zeros(60))
    assert len(rows) == 4


def test_an_attribute_the_rows_lack_is_passed_over():
    assert (
        group_rows(
            attributes=("sex",), frame=pl.DataFrame({"a": [1]}), approved=np.ones(1, dtype=bool), bad=np.zeros(1)
        )
        == ()
    )


def test_every_cut_of_the_curve_says_what_it_turns_away_and_earns_as_the_cut_itself_does():
    found = evidence()
    there = next(point for point in found.approval if point.approval_rate == pytest.approx(0.7))
    assert there.false_kill_amount == pytest.approx(found.false_kill_amount)
    assert there.profit == pytest.approx(found.profit_at_cut)
    assert (found.at_cut.false_kill_amount, found.at_cut.profit) == (found.false_kill_amount, found.profit_at_cut)
    assert found.approval[-1].false_kill_amount == pytest.approx(0.0)
    lost = [point.false_kill_amount for point in found.approval]
    assert lost == sorted(lost, reverse=True)


def test_without_an_amount_no_cut_of_the_curve_has_money():
    test = ALL[3]
    bare = AnsweredWindow(window=test.window, bad=test.bad, pd=test.pd, score=test.score, month=test.month)
    assert {(point.false_kill_amount, point.profit) for point in evidence((bare,)).approval} == {(None, None)}
