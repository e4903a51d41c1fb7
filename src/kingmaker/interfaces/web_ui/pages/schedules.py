"""When pipelines run by themselves: set, paused, resumed, taken away."""

from typing import Final

from nicegui import ui

from kingmaker.control.records import PipelineLine
from kingmaker.domain.access import Right
from kingmaker.domain.schedule import Schedule
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import Verb, act
from kingmaker.interfaces.web_ui.parts.dialogs import titled
from kingmaker.interfaces.web_ui.parts.elements import button, element, empty, heading, link, mark, moment, paragraph
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table
from kingmaker.interfaces.web_ui.room import room
from kingmaker.interfaces.web_ui.schedule_parts.setting import setting

_TITLES: Final = ("pipeline", "cron", "zone", "next", "last", "grace", "by", "act")


@room("/schedules", name="schedules", title="schedules.title")
async def schedules(here: Here) -> None:
    lines = await here.ask(lambda office: office.pipelines())
    without = [one.pipeline for one in lines if one.declaration is not None and one.schedule is None]
    allowed = [name for name in without if here.may(Right.ASK, name)]
    with ui.element("div").classes("km-row km-runs-head km-schedules-head"):
        heading(here.t("schedules.title"), 1)
        if allowed:
            button(here.t("schedules.set"), lambda: setting(here, allowed, None), plain=False)
    found = [one for one in lines if one.schedule is not None]
    if not found:
        empty(here.t("schedules.none"))
        return
    columns = [Column(here.t(f"schedules.column.{name}"), is_number=name == "grace") for name in _TITLES]
    table(
        here.t("schedules.title"),
        columns,
        [_row(here, one, one.schedule) for one in found if one.schedule],
        stacks=True,
    )


def _row(here: Here, line: PipelineLine, schedule: Schedule) -> list[Cell]:
    hours = f"{schedule.grace.total_seconds() / 3600:g}"
    return [
        lambda: link(line.pipeline, f"/pipelines/{line.pipeline}"),
        lambda: _cron(here, line, schedule),
        schedule.zone,
        lambda: (
            mark(here.t("schedules.paused", by=schedule.paused_by), "hold")
            if schedule.is_paused
            else moment(schedule.next_at)
        ),
        lambda: moment(schedule.last_at),
        here.t("schedules.hours", hours=hours),
        schedule.set_by,
        lambda: _acts(here, schedule),
    ]


def _cron(here: Here, line: PipelineLine, schedule: Schedule) -> None:
    element("code", schedule.cron)
    if line.schedule_fault:
        paragraph(here.t("schedules.fault", why=line.schedule_fault)).classes("km-login-refused")


def _acts(here: Here, schedule: Schedule) -> None:
    pipeline = schedule.pipeline
    if not here.may(Right.ASK, pipeline):
        return

    def offered(name: str, verb: Verb) -> None:
        made = button(here.t(f"schedules.{name}"), lambda: act(here, verb))
        made.props["aria-label"] = here.t("schedules.act_of", act=here.t(f"schedules.{name}"), pipeline=pipeline)

    with ui.element("div").classes("km-row km-runs"):
        changed = button(here.t("schedules.change"), lambda: setting(here, [pipeline], schedule))
        changed.props["aria-label"] = here.t("schedules.act_of", act=here.t("schedules.change"), pipeline=pipeline)
        if schedule.is_paused:
            offered("resume", lambda office: office.resume_schedule(pipeline))
        else:
            offered("pause", lambda office: office.pause_schedule(pipeline))
        button(here.t("schedules.drop"), lambda: _drop(here, pipeline)).props["aria-label"] = here.t(
            "schedules.act_of", act=here.t("schedules.drop"), pipeline=pipeline
        )


def _drop(here: Here, pipeline: str) -> None:
    with titled(here.t("schedules.drop_of", pipeline=pipeline)) as dialog:
        paragraph(here.t("schedules.drop_told"))
        with ui.element("div").classes("km-row"):
            button(
                here.t("schedules.drop"), lambda: act(here, lambda office: office.drop_schedule(pipeline)), plain=False
            )
            button(here.t("act.cancel"), dialog.close)
