"""What became of the loans: bad so far against predicted, and against the training loans at the same age."""

from collections.abc import Sequence

from nicegui import ui

from kingmaker.domain.monitoring import BandReading, OutcomeReading
from kingmaker.interfaces.report.wording import ABSENT, count, rate
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.monitoring_parts.volumes import figure
from kingmaker.interfaces.web_ui.parts.elements import empty, heading, paragraph, text
from kingmaker.interfaces.web_ui.parts.tables import Column, table
from kingmaker.interfaces.web_ui.pictures.days import age_chart


def show_outcomes(here: Here, outcomes: Sequence[OutcomeReading]) -> None:
    t = here.t
    heading(t("monitoring.outcomes.title"))
    if not outcomes:
        empty(t("monitoring.outcomes.none"))
    for one in outcomes:
        _show(here, one)


def _show(here: Here, one: OutcomeReading) -> None:
    t = here.t
    paragraph(t("monitoring.outcomes.of", version=one.version[:12], count=count(one.loans), day=one.as_of))
    if one.ages:
        titles = (
            t("monitoring.outcomes.age_title"),
            t("monitoring.outcomes.age_axis"),
            t("monitoring.outcomes.age_share"),
        )
        with ui.element("div").classes("km-monitoring-half"):
            figure(titles[0], age_chart(one.ages, titles))
            with ui.element("p").classes("km-monitoring-legend"):
                for kind, name in (("challenger", "now"), ("champion", "training")):
                    with ui.element("span"):
                        ui.element("span").classes(f"km-monitoring-key {kind}")
                        text(t(f"monitoring.outcomes.{name}"))
    names = ("grade", "loans", "so_far", "predicted", "matured", "matured_rate")
    columns = [Column(t(f"monitoring.outcomes.{name}"), name != "grade") for name in names]
    table(t("monitoring.outcomes.title"), columns, [_row(band) for band in one.bands])


def _row(band: BandReading) -> list[str]:
    matured = rate(band.matured_bads / band.matured) if band.matured else ABSENT
    so_far = [count(band.loans), rate(band.bads / band.loans if band.loans else None), rate(band.expected)]
    return [band.grade, *so_far, count(band.matured), matured]
