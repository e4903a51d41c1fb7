"""Volumes and the share approved, by day."""

from collections.abc import Sequence

from nicegui import ui

from kingmaker.domain.monitoring import DayReading, EndpointReading
from kingmaker.interfaces.report.wording import count, rate
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import heading
from kingmaker.interfaces.web_ui.parts.tables import Column, table
from kingmaker.interfaces.web_ui.pictures.days import approval_chart, volume_chart

MOST_ENDPOINTS = 20
ROWS = 14
"""Newest days in the table; the pictures show all."""


def show_volumes(here: Here, days: Sequence[DayReading]) -> None:
    t = here.t
    heading(t("monitoring.volume.title"))
    with ui.element("div").classes("km-monitoring-pair"):
        answers = (t("monitoring.volume.answers"), t("monitoring.volume.answers_axis"))
        figure(answers[0], volume_chart(days, answers))
        approval = (t("monitoring.volume.approval"), t("monitoring.volume.approval_axis"))
        figure(approval[0], approval_chart(days, approval, t("monitoring.volume.expected")))
    titles = ("day", "count", "approved", "mean_pd", "by_grade")
    columns = [Column(t(f"monitoring.volume.{name}"), name in {"count", "approved", "mean_pd"}) for name in titles]
    shown = table(t("monitoring.volume.table"), columns, [_row(one) for one in days[: -ROWS - 1 : -1]])
    shown.classes("km-monitoring-rows")


def show_endpoints(here: Here, endpoints: Sequence[EndpointReading]) -> None:
    """What each logged over 28 days, the busiest first."""
    t = here.t
    heading(t("monitoring.volume.endpoints"), 3)
    columns = [
        Column(t("monitoring.service.endpoint")),
        Column(t("monitoring.volume.count"), is_number=True),
        Column(t("monitoring.volume.approved"), is_number=True),
        Column(t("monitoring.volume.last")),
    ]
    busiest = sorted(endpoints, key=lambda one: (-one.answers, one.endpoint))[:MOST_ENDPOINTS]
    rows = [[one.endpoint, count(one.answers), rate(one.approved / one.answers), str(one.last)] for one in busiest]
    table(t("monitoring.volume.endpoints"), columns, rows).classes("km-monitoring-rows")


def figure(title: str, drawing: str) -> None:
    """A picture under its title."""
    with ui.element("section"):
        heading(title, 3)
        ui.html(drawing, sanitize=False).classes("paper")


def _row(one: DayReading) -> list[str]:
    grades = (
        " · ".join(f"{grade} {rate(rows / one.answers)}" for grade, rows in one.grades.items()) if one.answers else ""
    )
    return [str(one.day), count(one.answers), rate(one.approval_rate), rate(one.mean_pd), grades]
