"""The dialog that sets a schedule: while it is typed, the next five times are told, or what is wrong with it."""

from datetime import datetime, timedelta
from html import escape
from typing import Final

from nicegui import ui

from kingmaker.domain.errors import KingmakerError, NotLoggedIn
from kingmaker.domain.schedule import Schedule
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import act, labelled_input, session_over
from kingmaker.interfaces.web_ui.parts.dialogs import titled
from kingmaker.interfaces.web_ui.parts.elements import button, element, paragraph
from kingmaker.interfaces.web_ui.parts.fields import Choice

_NIGHTLY: Final = "0 2 * * *"
_GRACE: Final = ("0", "1", "6", "12", "24", "72")
"""Hours."""


def setting(here: Here, pipelines: list[str], standing: Schedule | None) -> None:
    """For one of these pipelines; `standing` is what it has now."""
    title = here.t("schedules.change_of", pipeline=standing.pipeline) if standing else here.t("schedules.set")
    with titled(title) as dialog:
        _Setting(here, pipelines, standing, dialog)


class _Setting:
    def __init__(self, here: Here, pipelines: list[str], standing: Schedule | None, dialog: ui.dialog) -> None:
        self._here, t = here, here.t
        paragraph(t("schedules.told"), quiet=True)
        self._pipeline = Choice(t("schedules.column.pipeline"), {one: one for one in pipelines}, pipelines[0])
        self._cron = labelled_input(t("schedules.cron"), value=standing.cron if standing else _NIGHTLY)
        self._zone = labelled_input(t("schedules.zone"), value=standing.zone if standing else "UTC")
        for field in (self._cron, self._zone):
            field.props("debounce=250").on_value_change(self._look)
        hours = f"{standing.grace.total_seconds() / 3600:g}" if standing else "6"
        offered = sorted({*_GRACE, hours}, key=float)
        self._grace = Choice(t("schedules.grace"), {one: t("schedules.hours", hours=one) for one in offered}, hours)
        self._priority = standing.priority if standing else 0
        self._told = element("div").classes("km-schedules-times").props("role=status")
        with ui.element("div").classes("km-row"):
            button(t("schedules.keep"), self._keep, plain=False)
            button(t("act.cancel"), dialog.close)
        ui.timer(0.01, self._look if standing else self._begin, once=True)

    async def _begin(self) -> None:
        """In the viewer's own zone."""
        zone = await ui.run_javascript(_ZONE_OF_THE_VIEWER)
        if zone == self._zone.value:
            await self._look()
        else:
            self._zone.set_value(zone)

    def _said(self) -> tuple[str, str]:
        return str(self._cron.value or ""), str(self._zone.value or "")

    async def _look(self) -> None:
        """Tell when it would run, unless something else was said since."""
        said = self._said()
        told = await self._times(*said)
        if said == self._said():
            self._tell(told)

    async def _times(self, cron: str, zone: str) -> str:
        try:
            times = await self._here.ask(lambda office: office.times(cron, zone=zone))
        except NotLoggedIn:
            session_over(self._here)
            return ""
        except KingmakerError as error:
            return f'<p class="km-login-refused">{escape(error.sentence())}</p>'
        rows = "".join(f"<li>{escape(_at(time))}</li>" for time in times)
        return f"<p>{escape(self._here.t('schedules.next_in', zone=zone))}</p><ol>{rows}</ol>"

    def _tell(self, told: str) -> None:
        self._told.clear()
        with self._told:
            ui.html(told, sanitize=False)

    async def _keep(self) -> None:
        pipeline, grace = self._pipeline.value, timedelta(hours=float(self._grace.value))
        cron, zone = str(self._cron.value or ""), str(self._zone.value or "")
        await act(
            self._here,
            lambda office: office.set_schedule(pipeline, cron, zone=zone, grace=grace, priority=self._priority),
        )


_ZONE_OF_THE_VIEWER: Final = "return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'"


def _at(time: datetime) -> str:
    offset = f"{time:%z}"
    return f"{time:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:5]})"
