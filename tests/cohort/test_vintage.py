"""The vintage curve: how many of the judged loans had gone bad by each age."""

from datetime import date

import polars as pl
import pytest

from kingmaker.cohort.vintage import vintage_of, whole_months
from kingmaker.pipeline.declaration import Outcome
from kingmaker.pipeline.parts import Span

HALF_A_YEAR = Outcome(observed_at="bad_on", horizon=Span(count=6, unit="month"))


def judged(*loans: tuple[int | None, date | None]) -> pl.DataFrame:
    """Loans applied for on the last day of January: their label, and when they were seen to be bad."""
    return pl.DataFrame(
        {
            "_label": pl.Series([label for label, _ in loans], dtype=pl.Int8),
            "_applied_at": [date(2026, 1, 31)] * len(loans),
            "_observed_at": pl.Series([day for _, day in loans], dtype=pl.Date),
        }
    )


def test_a_loan_counts_from_the_month_by_whose_end_it_was_bad():
    loans = judged((1, date(2026, 2, 28)), (1, date(2026, 4, 1)), (0, None), (0, date(2027, 1, 1)))
    assert vintage_of(loans, HALF_A_YEAR) == (0.25, 0.25, 0.5, 0.5, 0.5, 0.5)


def test_loans_that_are_not_judged_do_not_count():
    loans = judged((1, date(2026, 2, 1)), (None, date(2026, 2, 1)), (0, None))
    assert vintage_of(loans, HALF_A_YEAR)[-1] == 0.5


def test_there_is_none_for_labels_without_dates_nor_without_loans():
    assert vintage_of(judged((1, date(2026, 2, 1))), Outcome(label="status")) == ()
    assert vintage_of(judged(), HALF_A_YEAR) == ()


@pytest.mark.parametrize(
    ("count", "unit", "months"), [(90, "day", 3), (26, "week", 6), (18, "month", 18), (2, "year", 24), (9, "year", 60)]
)
def test_a_horizon_has_so_many_whole_months(count: int, unit: str, months: int):
    assert whole_months(Span(count=count, unit=unit)) == months
