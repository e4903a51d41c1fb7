"""How a pipeline's endpoints fare: alarms, drift, volumes, latency and errors, and what became of the loans."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Query
from nicegui import ui

from kingmaker.control.office.office import Office
from kingmaker.domain.access import Right
from kingmaker.domain.alarm import Alarm
from kingmaker.domain.monitoring import Monitoring
from kingmaker.interfaces.report.wording import count
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.monitoring_parts.alarms import HISTORY, show_alarms, show_history
from kingmaker.interfaces.web_ui.monitoring_parts.drift import show_drift
from kingmaker.interfaces.web_ui.monitoring_parts.outcomes import show_outcomes
from kingmaker.interfaces.web_ui.monitoring_parts.served import show_service
from kingmaker.interfaces.web_ui.monitoring_parts.shown import SHORT, Shown, shown_of
from kingmaker.interfaces.web_ui.monitoring_parts.volumes import show_endpoints, show_volumes
from kingmaker.interfaces.web_ui.parts.acting import act
from kingmaker.interfaces.web_ui.parts.elements import button, empty, heading, link, moment, paragraph, text
from kingmaker.interfaces.web_ui.room import room

SPANS: Final = (7, 28, 92)

Told = tuple[Monitoring, list[Alarm], list[Alarm]]


@room("/pipelines/{pipeline}/monitoring", name="overview", title="monitoring.title")
async def monitoring(
    here: Here,
    pipeline: str,
    days: Annotated[int, Query(ge=1, le=92)] = 28,
    version: Annotated[str, Query(max_length=64, pattern="^[0-9a-f]*$")] = "",
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> None:
    until = datetime.now(UTC).date()

    def asked(office: Office) -> Told:
        return (
            office.monitoring(pipeline, since=until - timedelta(days=days - 1), until=until),
            office.alarms(pipeline, only_open=True),
            office.alarms(pipeline, limit=HISTORY + 1, before=before),
        )

    told, lasting, history = await here.ask(asked)
    shown = shown_of(told, version)
    path = f"/pipelines/{quote(pipeline)}/monitoring?days={days}&version={version}&"
    heading(here.t("monitoring.of", pipeline=pipeline), 1)
    _standing(here, pipeline, told)
    show_alarms(here, lasting)
    if told.read_at is not None and shown.days:
        _choices(here, pipeline, shown, days, version)
        show_drift(here, shown.days)
        show_volumes(here, shown.days)
        show_endpoints(here, told.endpoints)
    else:
        empty(here.t("monitoring.no_endpoint", pipeline=pipeline))
    show_service(here, told.service)
    show_outcomes(here, told.outcomes)
    show_history(here, history, path=path, before=before)


def _standing(here: Here, pipeline: str, told: Monitoring) -> None:
    t = here.t
    with ui.element("div").classes("km-row km-quiet"):
        link(t("monitoring.pipeline"), f"/pipelines/{quote(pipeline)}")
        if told.read_at is None:
            text(t("monitoring.not_read"))
        else:
            with ui.element("span"):
                text(f"{t('monitoring.read_at')} ")
                moment(told.read_at)
            text(t("monitoring.segments", count=count(told.segments)))
        if here.may(Right.ASK, pipeline):
            button(t("monitoring.read_now"), lambda: act(here, lambda office: office.monitor(pipeline)))
    if told.unreadable:
        paragraph(t("monitoring.unreadable", count=count(told.unreadable)), quiet=True)
    if told.unknown:
        paragraph(t("monitoring.unknown", count=count(told.unknown)), quiet=True)


def _choices(here: Here, pipeline: str, shown: Shown, days: int, version: str) -> None:
    """How many days, and of which version."""
    t, path = here.t, f"/pipelines/{quote(pipeline)}/monitoring"
    with ui.element("nav").classes("km-row km-monitoring-choices").props(f'aria-label="{t("monitoring.span")}"'):
        for span in SPANS:
            _choice(t("monitoring.days", count=span), f"{path}?days={span}&version={version}", is_now=span == days)
    if len(shown.choices) < 2:
        return
    with ui.element("nav").classes("km-row km-monitoring-choices").props(f'aria-label="{t("monitoring.version")}"'):
        _choice(t("monitoring.answered"), f"{path}?days={days}", is_now=not version)
        for one, is_shadow in shown.choices:
            said = f"{one[:SHORT]} ({t('monitoring.shadow')})" if is_shadow else one[:SHORT]
            is_now = bool(version) and one.startswith(version)
            _choice(said, f"{path}?days={days}&version={one[:SHORT]}", is_now=is_now)


def _choice(said: str, to: str, *, is_now: bool) -> None:
    made = link(said, to)
    if is_now:
        made.props("aria-current=true")
