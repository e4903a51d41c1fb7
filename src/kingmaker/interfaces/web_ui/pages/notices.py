"""What people outside were told, or are to be."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Query
from nicegui import ui

from kingmaker.domain.notice import Notice, NoticeKind
from kingmaker.interfaces.control_centre.parameters import LARGEST
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, empty, heading, link, mark, moment, paragraph, text
from kingmaker.interfaces.web_ui.parts.fields import query_form
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, pager, table
from kingmaker.interfaces.web_ui.room import room
from kingmaker.interfaces.web_ui.run_parts.choosing import select, submit

AT_ONCE: Final = 50
Before = Annotated[int | None, Query(ge=1, le=LARGEST)]
_TITLES: Final = ("raised", "kind", "pipeline", "told", "reached")
_KINDS: Final = {NoticeKind.VERDICT: "open", NoticeKind.FAULT: "bad", NoticeKind.ALARM: "hold"}


@room("/notices", name="notices", title="notices.title")
async def notices(here: Here, pipeline: str = "", before: Before = None) -> None:
    names, found = await here.ask(
        lambda office: (
            [one.pipeline for one in office.pipelines()],
            office.notices(pipeline=pipeline or None, limit=AT_ONCE + 1, before=before),
        )
    )
    heading(here.t("notices.title"), 1)
    paragraph(here.t("notices.lead"), quiet=True)
    with query_form():
        every = {"": here.t("notices.every"), **{name: name for name in names}}
        select(here.t("notices.column.pipeline"), "pipeline", every, pipeline)
        submit(here.t("notices.show"))
    if not found:
        empty(here.t("notices.none_such" if pipeline or before else "notices.none"))
        return
    shown = found[:AT_ONCE]
    columns = [Column(here.t(f"notices.column.{name}")) for name in _TITLES]
    table(here.t("notices.title"), columns, [_row(here, one) for one in shown], stacks=True)
    older = _address(pipeline, shown[-1].number) if len(found) > AT_ONCE else None
    pager(here.t, newer=_address(pipeline, None) if before else None, older=older)


def _address(pipeline: str, before: int | None) -> str:
    said = {"pipeline": pipeline, "before": str(before or "")}
    return f"/notices?{urlencode({name: value for name, value in said.items() if value})}"


def _row(here: Here, one: Notice) -> list[Cell]:
    return [
        lambda: moment(one.raised_at),
        lambda: mark(here.t(f"notices.kind.{one.kind.value}"), _KINDS[one.kind]),
        (lambda: link(one.pipeline, f"/pipelines/{one.pipeline}")) if one.pipeline else "",
        lambda: _told(here, one),
        lambda: _reached(here, one),
    ]


def _told(here: Here, one: Notice) -> None:
    with ui.element("div").classes("km-overview-wide"):
        with element("strong"):
            text(one.title) if one.run is None else link(one.title, f"/runs/{one.run}")
        if one.count > 1:
            text(" " + here.t("notices.count", count=one.count)).classes("km-quiet")
        paragraph(one.text).style("margin: 0")


def _reached(here: Here, one: Notice) -> None:
    if one.told_at is not None:
        text(", ".join(one.reached) or here.t("notices.nowhere")).classes("" if one.reached else "km-quiet")
        text(" ")
        moment(one.told_at)
    elif one.attempts:
        mark(here.t("notices.failed", count=one.attempts), "bad")
        paragraph(one.detail, quiet=True)
    else:
        mark(here.t("notices.waits"), "hold")
