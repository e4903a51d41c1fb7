"""The pictures of the page: well-formed whatever columns are called, and told in words to whoever cannot see them."""

from datetime import date, timedelta
from xml.etree.ElementTree import fromstring

import pytest

from kingmaker.domain.monitoring import AgeReading, DayReading, Drift
from kingmaker.interfaces.web_ui.monitoring_parts.drift import kind_of
from kingmaker.interfaces.web_ui.pictures.days import age_chart, approval_chart, volume_chart
from kingmaker.interfaces.web_ui.pictures.heat import Square, heat_strip

DAY = date(2026, 9, 1)


def reading(offset: int, answers: int = 100, approved: int = 70) -> DayReading:
    return DayReading(
        day=DAY + timedelta(days=offset), version="v", is_shadow=False, answers=answers, approved=approved,
        expected_approval=0.7, mean_pd=0.03, grades={}, scores={}, score=Drift(), features=(),
    )  # fmt: skip


def classes(svg: str) -> list[str]:
    return [one.get("class", "") for one in fromstring(svg).iter()]


@pytest.mark.parametrize("days", [1, 7, 28, 92])
def test_a_heat_strip_has_a_square_for_each_name_and_day(days: int):
    names = ['<script>"&', "a" * 80]
    dates = [DAY + timedelta(days=offset) for offset in range(days)]
    squares = [[Square("bad", "<b>"), *[Square("none", "x")] * (days - 1)]] * 2
    svg = heat_strip(names, dates, squares, 'who & "how"')
    assert classes(svg).count("heat bad") == 2
    assert classes(svg).count("heat none") == 2 * (days - 1)
    assert fromstring(svg).get("aria-label") == 'who & "how"'
    assert "<script>" not in svg


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, "none"), (0.0, "calm"), (0.049, "calm"), (0.05, "warm"), (0.1, "hold"), (0.25, "bad"), (9.0, "bad")],
)
def test_a_colour_is_that_of_the_limit(value: float | None, kind: str):
    assert kind_of(value) == kind


@pytest.mark.parametrize("days", [[0], [0, 1], list(range(28)), [0, 50, 91]])
def test_days_are_drawn_however_few_and_far_between(days: list[int]):
    readings = [reading(offset) for offset in days]
    volumes = volume_chart(readings, ("Answers", "answers"))
    assert classes(volumes).count("bar champion") == len(days)
    assert "2026-09-01 100" in (fromstring(volumes).get("aria-label") or "")
    approval = approval_chart(readings, ("Approved", "rate"), "as meant")
    assert classes(approval).count("dot challenger") == len(days)


def test_a_day_without_answers_has_no_share_approved():
    svg = approval_chart([reading(0), reading(1, answers=0, approved=0)], ("Approved", "rate"), "as meant")
    assert classes(svg).count("dot challenger") == 1


def test_ages_without_training_loans_are_drawn_alone():
    ages = [AgeReading(months=month, loans=10, bads=month, expected=None if month > 1 else 0.05) for month in (1, 2, 3)]
    drawn = classes(age_chart(ages, ("Bad", "months", "share")))
    assert (drawn.count("dot challenger"), drawn.count("dot champion")) == (3, 1)
