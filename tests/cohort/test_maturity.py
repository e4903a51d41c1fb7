"""When a loan may be judged, and what it then is."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.cohort.maturity import check_labels, label_text, value_text, with_labels
from kingmaker.domain.snapshot import Severity
from kingmaker.pipeline.declaration import Outcome

BY_DATE = Outcome.model_validate({"observed_at": "gone", "horizon": "12 months", "reporting_lag": "7 days"})
APPLIED = date(2020, 1, 15)


def judged(gone: date | None, as_of: date, applied: date = APPLIED) -> dict[str, object]:
    frame = pl.DataFrame(
        {"_applied_at": [applied], "_observed_at": [gone]}, schema={"_applied_at": pl.Date, "_observed_at": pl.Date}
    )
    return with_labels(frame, BY_DATE, as_of).row(0, named=True)


def test_a_loan_is_matured_on_the_day_its_window_and_the_reporting_lag_have_passed() -> None:
    assert judged(None, date(2021, 1, 22))["_matured"] is True


def test_a_loan_whose_window_is_open_is_not_matured() -> None:
    row = judged(None, date(2021, 1, 21))
    assert row["_matured"] is False
    assert row["_label"] is None


def test_a_loan_that_turned_bad_early_is_not_matured_either() -> None:
    row = judged(date(2020, 3, 1), date(2020, 12, 31))
    assert row["_matured"] is False
    assert row["_label"] is None


def test_an_outcome_within_the_horizon_is_bad_to_the_day() -> None:
    assert judged(date(2021, 1, 15), date(2022, 1, 1))["_label"] == 1


def test_an_outcome_after_the_horizon_makes_a_good_loan() -> None:
    assert judged(date(2021, 1, 16), date(2022, 1, 1))["_label"] == 0


def test_an_outcome_before_the_application_is_impossible() -> None:
    assert judged(date(2020, 1, 14), date(2022, 1, 1))["_impossible"] is True
    assert judged(APPLIED, date(2022, 1, 1))["_impossible"] is False


def test_a_month_without_that_day_ends_on_its_last() -> None:
    assert judged(None, date(2021, 3, 7), applied=date(2020, 2, 29))["_matured"] is True


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 900), st.integers(0, 900), st.integers(0, 200))
def test_what_is_known_at_a_date_never_changes_later(gone_after: int, as_of_after: int, later: int) -> None:
    gone, as_of = APPLIED + timedelta(days=gone_after), APPLIED + timedelta(days=as_of_after)
    before = judged(gone if gone <= as_of else None, as_of)
    after = judged(gone if gone <= as_of + timedelta(days=later) else None, as_of + timedelta(days=later))
    if before["_matured"]:
        assert after["_label"] == before["_label"]


def by_label(values: list[object], **outcome: object) -> list[int | None]:
    frame = pl.DataFrame({"status": values, "_applied_at": [APPLIED] * len(values)})
    declared = Outcome.model_validate({"label": "status", **outcome})
    return with_labels(frame, declared, date(2024, 1, 1))["_label"].to_list()


def test_a_ready_label_is_bad_where_it_says_so() -> None:
    assert by_label(["good", "bad", "good"], bad="bad") == [0, 1, 0]


def test_an_unknown_label_is_never_good() -> None:
    assert by_label([0, 1, None], bad=1) == [0, 1, None]
    assert by_label([0.0, 1.0, float("nan")], bad=1) == [0, 1, None]
    assert by_label(["0", "1", " "], bad=1) == [0, 1, None]


def test_an_indeterminate_label_is_neither() -> None:
    assert by_label(["paid", "late", "lost"], bad="lost", indeterminate=["late"]) == [0, None, 1]


def test_a_ready_label_of_an_open_window_is_not_used() -> None:
    frame = pl.DataFrame({"status": [1], "_applied_at": [date(2023, 12, 1)]})
    assert with_labels(frame, Outcome(label="status"), date(2024, 1, 1))["_label"].to_list() == [None]


@pytest.mark.parametrize("values", [[1, 0], [1.0, 0.0], ["1", "0"], [True, False], ["True", "false"]])
def test_one_is_one_however_the_source_stores_it(values: list[object]) -> None:
    assert label_text(pl.Series(values)).to_list() == ["1", "0"]
    assert value_text(1) == value_text(1.0) == value_text("1") == value_text(value=True) == "1"


def test_a_bad_value_that_no_row_has_is_refused_with_the_values_there_are() -> None:
    (finding,) = check_labels(
        pl.Series("status", ["good", "good", "bad"]), Outcome(label="status", bad="Bad", good=("good", "bad"))
    )
    assert finding.severity is Severity.REFUSAL
    assert finding.sentence == "no row of `status` has the bad value 'Bad'"
    assert finding.remedy == "Set `outcome.bad` to the value that means bad; the column holds 'good', 'bad'."


def test_values_that_are_neither_good_nor_bad_are_refused_by_name() -> None:
    column = pl.Series("status", ["paid", "paid", "paid", "lost", "late", "late"])
    (finding,) = check_labels(column, Outcome(label="status", bad="lost"))
    assert finding.sentence == "`status` holds values that are neither good nor bad by declaration: 'paid', 'late'"
    assert finding.remedy == "List the good ones in `outcome.good` and the others in `outcome.indeterminate`."
    assert check_labels(column, Outcome(label="status", bad="lost", indeterminate=("late",))) == []
    assert check_labels(column, Outcome(label="status", bad="lost", good=("paid", "late"))) == []
