"""Charts over days and over months on book."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from markupsafe import Markup

from kingmaker.domain.monitoring import AgeReading, DayReading
from kingmaker.interfaces.report.drawing.chart import Chart, Mark
from kingmaker.interfaces.report.drawing.scale import Axis, Tick, number_axis
from kingmaker.interfaces.report.wording import count, percent, rate

HEIGHT: Final = 220.0
MOST_TICKS: Final = 6
ROOM: Final = 0.02
"""Around the share that was meant, so that its line is seen apart from the axis."""


def volume_chart(days: Sequence[DayReading], titles: tuple[str, str]) -> Markup:
    """Answers by day. `titles` are the picture's and the vertical axis'."""
    marks = [Mark(one.day.toordinal(), one.answers, f"{one.day}: {count(one.answers)}") for one in days]
    chart = Chart(
        day_axis(days), number_axis(titles[1], [mark.y for mark in marks], label=count, zero=True), height=HEIGHT
    )
    chart.bars(marks, "champion", half_width=0.4)
    return chart.svg(f"{titles[0]}: {_ends([(one.day, count(one.answers)) for one in days])}.")


def approval_chart(days: Sequence[DayReading], titles: tuple[str, str], expected: str) -> Markup:
    """The share approved by day, and the one that the cut was made for."""
    marks = [Mark(one.day.toordinal(), one.approval_rate, f"{one.day}: {rate(one.approval_rate)}") for one in days]
    wanted = next((one.expected_approval for one in reversed(days) if one.expected_approval is not None), None)
    room = [] if wanted is None else [max(0.0, wanted - ROOM), min(1.0, wanted + ROOM)]
    axis = number_axis(titles[1], [*(mark.y for mark in marks), *room], label=percent)
    chart = Chart(day_axis(days), axis, height=HEIGHT)
    if wanted is not None:
        chart.level(wanted, "rule limit", expected)
    chart.line(marks, "challenger")
    chart.dots(marks, "challenger", radius=2.6)
    return chart.svg(f"{titles[0]}: {_ends([(one.day, rate(one.approval_rate)) for one in days])}; {rate(wanted)}.")


def age_chart(ages: Sequence[AgeReading], titles: tuple[str, str, str]) -> Markup:
    """Share gone bad by months on book beside the training loans'. `titles`: picture, horizontal and vertical axis."""
    most = max(age.months for age in ages)
    step = -(-most // MOST_TICKS)
    months = tuple(Tick(float(month), str(month)) for month in range(step, most + 1, step))
    shares = [value for age in ages for value in (age.share, age.expected)]
    across = Axis(title=titles[1], low=0.5, high=most + 0.5, ticks=months)
    chart = Chart(across, number_axis(titles[2], shares, label=percent, zero=True), height=HEIGHT)
    for kind, marks in (
        ("champion", [Mark(age.months, age.expected, f"{age.months}: {rate(age.expected)}") for age in ages]),
        ("challenger", [Mark(age.months, age.share, f"{age.months}: {rate(age.share)}") for age in ages]),
    ):
        chart.line(marks, kind)
        chart.dots(marks, kind, radius=3.0)
    told = ", ".join(f"{age.months}: {rate(age.share)} / {rate(age.expected)}" for age in ages)
    return chart.svg(f"{titles[0]}: {told}.")


def day_axis(days: Sequence[DayReading]) -> Axis:
    first, last = days[0].day.toordinal(), days[-1].day.toordinal()
    step = max(1, -(-(last - first + 1) // MOST_TICKS))
    ticks = tuple(Tick(float(day), f"{date.fromordinal(day):%m-%d}") for day in range(last, first - 1, -step))[::-1]
    return Axis(title="", low=first - 0.6, high=last + 0.6, ticks=ticks)


def _ends(told: Sequence[tuple[date, str]]) -> str:
    return "; ".join(f"{day} {said}" for day, said in (told[0], told[-1]))
