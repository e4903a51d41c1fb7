"""Drift of the score and of the columns over time: a picture, and the newest day's numbers."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from nicegui import ui

from kingmaker.domain.monitoring import DayReading, Drift
from kingmaker.interfaces.report.wording import rate
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.monitoring_parts.shown import index
from kingmaker.interfaces.web_ui.parts.elements import heading, paragraph, text
from kingmaker.interfaces.web_ui.parts.tables import Column, table
from kingmaker.interfaces.web_ui.pictures.heat import Square, heat_strip

MOST: Final = 15
"""Columns that are drawn, those that moved most."""
BOUNDS: Final = ((0.25, "bad"), (0.10, "hold"), (0.05, "warm"), (0.0, "calm"))
TOLD: Final = 3

Read = Callable[[DayReading], Drift | None]


def show_drift(here: Here, days: Sequence[DayReading]) -> None:
    t = here.t
    heading(t("monitoring.drift.title"))
    paragraph(t("monitoring.drift.lead"), quiet=True)
    newest = days[-1]
    ordered = sorted(newest.features, key=lambda one: -(one.drift.week or one.drift.month or 0.0))
    names = [one.name for one in ordered[:MOST]]
    _legend(here)
    with (
        ui.element("div")
        .classes("km-scroll")
        .props(f'tabindex=0 role=region aria-label="{t("monitoring.drift.title")}"')
    ):
        ui.html(_picture(here, days, names), sanitize=False).classes("paper km-monitoring-heat")
    heading(t("monitoring.drift.newest", day=newest.day), 3)
    titles = ("column", "day", "week", "month", "missing", "missing_before")
    score = [t("monitoring.drift.grades"), *_indices(newest.score), "", ""]
    rows = [[one.name, *_indices(one.drift), rate(one.missing), rate(one.reference_missing)] for one in ordered[:MOST]]
    columns = [Column(t(f"monitoring.drift.{name}"), name != "column") for name in titles]
    table(t("monitoring.drift.title"), columns, [score, *rows])
    if len(ordered) > MOST:
        paragraph(t("monitoring.drift.more", count=len(ordered) - MOST), quiet=True)


def kind_of(value: float | None) -> str:
    """The colour of an index."""
    return "none" if value is None else next(kind for bound, kind in BOUNDS if value >= bound)


def _picture(here: Here, days: Sequence[DayReading], names: Sequence[str]) -> str:
    by_day = {one.day: one for one in days}
    first, last = days[0].day, days[-1].day
    dates = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    columns = {one.day: {feature.name: feature.drift for feature in one.features} for one in days}
    grades = here.t("monitoring.drift.grades")

    def squares(name: str | None) -> list[Square]:
        drifts = [
            None if day not in by_day else by_day[day].score if name is None else columns[day].get(name)
            for day in dates
        ]
        values = [None if drift is None else drift.week for drift in drifts]
        unknown = here.t("monitoring.drift.unknown")
        return [
            Square(kind_of(value), f"{name or grades}, {day}: {unknown if value is None else index(value)}")
            for day, value in zip(dates, values, strict=True)
        ]

    newest = {name: columns[last].get(name) for name in names}
    told = ", ".join(f"{name} {index(drift.week)}" for name, drift in list(newest.items())[:TOLD] if drift is not None)
    return heat_strip(
        [grades, *names], dates, [squares(None), *map(squares, names)], here.t("monitoring.drift.picture", told=told)
    )


def _legend(here: Here) -> None:
    with ui.element("p").classes("km-monitoring-legend"):
        for kind in ("calm", "warm", "hold", "bad"):
            with ui.element("span"):
                ui.element("span").classes(f"km-monitoring-key {kind}")
                text(here.t(f"monitoring.drift.{kind}"))
        with ui.element("span"):
            ui.element("span").classes("km-monitoring-key none")
            text(here.t("monitoring.drift.unknown"))


def _indices(drift: Drift) -> list[str]:
    return [index(value) for value in (drift.day, drift.week, drift.month)]
