"""The dates of a replay."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kingmaker.loop.replaying.calendar import DatesMistaken, Every, dates_of, day_of, every_of


def test_a_month_is_its_last_day() -> None:
    assert day_of("2004-02", "--from") == date(2004, 2, 29)
    assert day_of("2004-02-03", "--from") == date(2004, 2, 3)


@pytest.mark.parametrize("text", ["2004", "2004-13", "2004-00", "2004-02-30", "yesterday", ""])
def test_what_is_no_day_is_refused_with_the_option(text: str) -> None:
    with pytest.raises(DatesMistaken, match="--to"):
        day_of(text, "--to")


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("month", 1, "month"),
        ("1 month", 1, "month"),
        ("quarter", 1, "quarter"),
        ("2 weeks", 2, "week"),
        ("year", 1, "year"),
    ],
)
def test_distances_are_read_as_people_write_them(text: str, count: int, unit: str) -> None:
    assert every_of(text) == Every(count=count, unit=unit)
    assert every_of(str(every_of(text))) == every_of(text)


@pytest.mark.parametrize("text", ["", "0 weeks", "daily", "-1 month", "1.5 months"])
def test_other_distances_are_refused(text: str) -> None:
    with pytest.raises(DatesMistaken):
        every_of(text)


def test_a_quarter_after_a_last_day_is_a_last_day() -> None:
    dates = dates_of(date(2003, 11, 30), date(2004, 9, 1), every_of("quarter"))
    assert dates == (date(2003, 11, 30), date(2004, 2, 29), date(2004, 5, 31), date(2004, 8, 31))


def test_any_other_day_stays_the_same_day_as_far_as_the_month_has_it() -> None:
    dates = dates_of(date(2003, 12, 30), date(2004, 3, 30), every_of("month"))
    assert dates == (date(2003, 12, 30), date(2004, 1, 30), date(2004, 2, 29), date(2004, 3, 30))


def test_one_date_is_no_replay() -> None:
    with pytest.raises(DatesMistaken, match="no second date"):
        dates_of(date(2004, 1, 31), date(2004, 2, 1), every_of("month"))


def test_a_thousand_dates_are_enough() -> None:
    with pytest.raises(DatesMistaken, match="more than"):
        dates_of(date(1950, 1, 31), date(2020, 1, 31), every_of("week"))


@given(
    first=st.dates(date(1990, 1, 1), date(2020, 1, 1)),
    days=st.integers(40, 1500),
    every=st.sampled_from(["week", "2 weeks", "month"]),
)
def test_dates_grow_evenly_from_the_first_to_no_later_than_the_last(first: date, days: int, every: str) -> None:
    last = first + timedelta(days=days)
    dates = dates_of(first, last, every_of(every))
    assert dates[0] == first
    assert dates[-1] <= last < every_of(every).after(first, len(dates))
    longest = {"week": 7, "2 weeks": 14, "month": 31}[every]
    assert all(0 < (later - earlier).days <= longest for earlier, later in itertools.pairwise(dates))
