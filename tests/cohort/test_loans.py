"""Which rows become loans of which window, and where every other row went."""

import itertools
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.cohort.loans import check_roles, select_loans
from kingmaker.cohort.windows import count_windows, shares
from kingmaker.domain.errors import DataRefused
from kingmaker.domain.snapshot import Window, WindowBasis
from kingmaker.pipeline.declaration import Pipeline, Windows

AS_OF = date(2018, 12, 31)


def reasons(loans) -> dict[str, int]:
    return {exclusion.reason: exclusion.rows for exclusion in loans.exclusions}


def test_windows_follow_one_another_by_application_date_and_a_date_never_straddles(declare, book) -> None:
    loans = select_loans(book(), declare(policy={"min_bads": 30}), AS_OF)
    counts = count_windows(loans.frame)
    fitted = counts[:4]
    assert [count.window for count in fitted] == [Window.TRAIN, Window.CALIBRATION, Window.SELECTION, Window.TEST]
    assert all(older.last < newer.first for older, newer in itertools.pairwise(fitted))


def test_held_out_windows_hold_their_shares_of_the_bads(declare, book) -> None:
    loans = select_loans(book(), declare(policy={"min_bads": 30}), AS_OF)
    counts = {count.window: count.bads for count in count_windows(loans.frame)}
    total = sum(counts.values())
    for window, share in ((Window.TEST, 0.2), (Window.SELECTION, 0.2), (Window.CALIBRATION, 0.1)):
        assert share * total <= counts[window] <= share * total + 3


def test_the_test_window_grows_to_the_bads_it_needs_but_never_beyond_30_percent() -> None:
    assert shares(Windows(), 2000, 500)[Window.TEST] == 500
    assert shares(Windows(), 1000, 500)[Window.TEST] == 300
    assert shares(Windows(), 10_000, 500)[Window.TEST] == 2000


def test_every_row_is_in_the_snapshot_or_in_the_exclusions(declare, book) -> None:
    raw = book().with_columns(
        pl.when(pl.col("loan").str.ends_with("7")).then(None).otherwise("applied").alias("applied")
    )
    outcome = {"observed_at": "gone", "horizon": "18 months"}
    pipeline = declare(outcome=outcome, population="state <> 'AK'", windows={"since": "2015-06-01"})
    loans = select_loans(raw, pipeline, date(2017, 6, 30))
    assert loans.frame.height + sum(reasons(loans).values()) == raw.height
    assert set(reasons(loans)) == {
        "not_in_population",
        "no_application_date",
        "applied_after_as_of",
        "not_matured",
        "before_since",
    }


def test_bads_of_open_windows_wait_with_the_goods(declare, book) -> None:
    as_of = date(2016, 12, 31)
    loans = select_loans(book(), declare(), as_of)
    judged = loans.labelled()
    assert judged["applied"].max() <= as_of - timedelta(days=365 + 7)
    assert reasons(loans)["not_matured"] > 0


def test_recent_applicants_are_the_newest_and_have_no_label(declare, book) -> None:
    as_of = date(2016, 12, 31)
    recent = select_loans(book(), declare(), as_of).frame.filter(pl.col("_window") == "recent")
    assert recent.height >= 500
    assert recent["_label"].null_count() == recent.height
    assert recent["applied"].max() == as_of


def test_recent_applicants_are_never_matured_loans(declare, book) -> None:
    loans = select_loans(book(), declare(outcome={"observed_at": "gone", "horizon": "2 months"}), date(2016, 12, 31))
    recent = loans.frame.filter(pl.col("_window") == "recent")
    assert 0 < recent.height < 500
    assert recent["applied"].min() > loans.labelled()["applied"].max()


def test_a_customer_never_stands_in_two_windows(declare, book) -> None:
    raw = book().with_columns((pl.int_range(pl.len()) % 700).alias("person"))
    loans = select_loans(raw, declare(customer="person"), AS_OF)
    windows = loans.labelled().group_by("_customer").agg(pl.col("_window").n_unique())
    assert windows["_window"].max() == 1
    assert reasons(loans)["customer_in_newer_window"] > 0
    sentence = next(one.sentence for one in loans.exclusions if one.reason == "customer_in_newer_window")
    assert "they stay in the newest one only" in sentence


def test_quick_repeats_of_a_customer_are_left_out_and_the_first_kept(declare, book) -> None:
    raw = book(rows=400).with_columns((pl.int_range(pl.len()) // 2).alias("person"))
    loans = select_loans(raw, declare(customer="person"), AS_OF)
    assert reasons(loans)["customer_duplicate"] == 200
    assert all(int(loan[1:]) % 2 == 0 for loan in loans.frame["_id"])


def test_an_outcome_before_the_application_is_left_out(declare, book) -> None:
    raw = book()
    odd = pl.when(pl.col("loan") == "L00003").then(date(2001, 1, 1)).otherwise("gone").alias("gone")
    assert reasons(select_loans(raw.with_columns(odd), declare(), AS_OF))["outcome_before_application"] == 1


def test_an_id_that_stands_twice_is_refused_with_the_first_ones(declare, book) -> None:
    raw = book(rows=400)
    loans = select_loans(pl.concat([raw, raw.head(7)]), declare(), AS_OF)
    (finding,) = loans.findings
    assert finding.check == "duplicate_id"
    assert finding.sentence.startswith("7 values of `loan` stand in more than one row, the first are L00000, L00001")


def test_a_row_without_id_is_left_out(declare, book) -> None:
    raw = book(rows=400).with_columns(pl.when(pl.int_range(pl.len()) == 5).then(None).otherwise("loan").alias("loan"))
    assert reasons(select_loans(raw, declare(), AS_OF))["no_id"] == 1


def test_the_row_number_names_rows_without_an_id(declare, book) -> None:
    loans = select_loans(book(rows=400).drop("loan"), declare(id="row number"), AS_OF)
    assert loans.findings == ()
    assert {"1", "400"} <= set(loans.frame["_id"])


def test_indeterminate_and_missing_labels_are_left_out_apart(declare, book) -> None:
    values = ["good"] * 7 + ["bad", "unclear", None]
    raw = book(rows=1000).with_columns(pl.Series("status", values * 100))
    outcome = {"label": "status", "bad": "bad", "indeterminate": ["unclear"]}
    loans = select_loans(raw, declare(outcome=outcome), AS_OF)
    assert reasons(loans)["indeterminate"] == 100
    assert reasons(loans)["no_outcome"] == 100
    assert loans.findings == ()


def test_a_population_that_cannot_be_evaluated_is_told_so(declare, book) -> None:
    with pytest.raises(DataRefused, match="population: the condition `product = 1` cannot be evaluated"):
        select_loans(book(rows=100), declare(population="product = 1"), AS_OF)


def test_without_dates_the_split_is_random_stratified_and_loud(declare, book) -> None:
    raw = book().with_columns(pl.col("gone").is_not_null().cast(pl.Int8).alias("bad")).drop("applied", "gone")
    loans = select_loans(raw, declare(applied_at=None, outcome={"label": "bad"}, policy={"min_bads": 30}), AS_OF)
    counts = {count.window: count for count in count_windows(loans.frame)}
    assert loans.basis is WindowBasis.RANDOM
    assert counts[Window.TEST].bad_rate == pytest.approx(counts[Window.TRAIN].bad_rate, rel=0.1)
    assert counts[Window.RECENT].rows == 0
    assert [finding.check for finding in loans.findings] == ["no_application_date"]
    assert "maturity, drift and the decay of the model over time could not be judged" in loans.findings[0].sentence


def test_a_random_split_depends_on_customers_and_seed_and_not_on_the_order_of_rows(declare, book) -> None:
    raw = book(rows=600).with_columns(pl.col("gone").is_not_null().cast(pl.Int8).alias("bad")).drop("applied", "gone")
    pipeline = declare(applied_at=None, outcome={"label": "bad"})
    first = select_loans(raw, pipeline, AS_OF).frame
    assert first.equals(select_loans(raw.reverse(), pipeline, AS_OF).frame)
    other = declare(applied_at=None, outcome={"label": "bad"}, training={"seed": 8})
    assert not first.equals(select_loans(raw, other, AS_OF).frame)


def test_dates_in_another_format_are_refused_with_the_format_they_look_like(declare, book) -> None:
    raw = book(rows=100).with_columns(pl.col("applied").dt.strftime("%d/%m/%Y"))
    (finding,) = check_roles(raw, declare())
    assert finding.sentence == "`applied` must hold dates, but 100 of its values are none, for instance '01/01/2015'"
    assert finding.remedy == "Its values look like `%d/%m/%Y`: say so in `source.date_format`."
    assert check_roles(raw, declare(source={"file": "loans.csv", "date_format": "%d/%m/%Y"})) == []


def test_an_amount_that_is_text_is_refused(declare, book) -> None:
    (finding,) = check_roles(book(rows=100), declare(amount="state"))
    assert finding.sentence.startswith("the amount `state` holds no numbers but for instance")


def _random_book(days: list[int], bads: list[bool], people: list[int]) -> pl.DataFrame:
    applied = [date(2015, 1, 1) + timedelta(days=day) for day in days]
    return pl.DataFrame(
        {
            "loan": [f"L{row}" for row in range(len(days))],
            "applied": applied,
            "gone": [day + timedelta(days=30) if bad else None for day, bad in zip(applied, bads, strict=True)],
            "person": people,
        },
        schema_overrides={"gone": pl.Date},
    )


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 1500), st.booleans(), st.integers(0, 60)), min_size=1, max_size=120),
    st.integers(0, 1500),
)
def test_whatever_the_book_rows_add_up_customers_stay_apart_and_dates_stay_in_order(rows, as_of_day) -> None:
    raw = _random_book([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])
    declared = {
        "pipeline": "book",
        "source": {"file": "x.csv"},
        "id": "loan",
        "customer": "person",
        "applied_at": "applied",
        "outcome": {"observed_at": "gone", "horizon": "6 months"},
    }
    loans = select_loans(raw, Pipeline.model_validate(declared), date(2015, 1, 1) + timedelta(days=as_of_day))
    assert loans.frame.height + sum(reasons(loans).values()) == raw.height
    assert (loans.labelled().group_by("_customer").agg(pl.col("_window").n_unique())["_window"] <= 1).all()
    filled = [count for count in count_windows(loans.frame) if count.rows]
    assert all(older.last < newer.first for older, newer in itertools.pairwise(filled))
