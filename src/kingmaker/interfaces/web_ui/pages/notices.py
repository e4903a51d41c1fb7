"""What people outside were told, or are to be."""

from typing import Final

from nicegui import ui

from kingmaker.domain.notice import Notice, NoticeKind
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, empty, heading, link, mark, moment, paragraph, text
from kingmaker.interfaces.web_ui.parts.fields import query_form
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table
from kingmaker.interfaces.web_ui.room import room
from kingmaker.interfaces.web_ui.run_parts.choosing import select, submit

AT_ONCE: Final = 100
_TITLES: Final = ("raised", "kind", "pipeline", "told", "reached")
_KINDS: Final = {NoticeKind.VERDICT: "open", NoticeKind.FAULT: "bad", NoticeKind.ALARM: "hold"}


@room("/notices", name="notices", title="notices.title")
async def notices(here: Here, pipeline: str = "") -> None:
    names, found = await here.ask(
        lambda office: (
            [one.pipeline for one in office.pipelines()],
            office.notices(pipeline=pipeline or None, limit=AT_ONCE),
        )
    )
    heading(here.t("notices.title"), 1)
    paragraph(here.t("notices.lead", count=AT_ONCE), quiet=True)
    with query_form():
        every = {"": here.t("notices.every"), **{name: name for name in names}}
        select(here.t("notices.column.pipeline"), "pipeline", every, pipeline)
        submit(here.t("notices.show"))
    if not found:
        empty(here.t("notices.none"))
        return
    columns = [Column(here.t(f"notices.column.{name}")) for name in _TITLES]
    table(here.t("notices.title"), columns, [_row(here, one) for one in found])


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
        element("strong", one.title)
        paragraph(one.text).style("margin: 0")
        if one.run is not None:
            link(here.t("notices.run", run=one.run), f"/runs/{one.run}")
        if one.count > 1:
            text(" " + here.t("notices.count", count=one.count)).classes("km-quiet")


def _reached(here: Here, one: Notice) -> None:
    if one.told_at is not None:
        text(", ".join(one.reached) + " " if one.reached else "")
        moment(one.told_at)
    elif one.attempts:
        mark(here.t("notices.failed", count=one.attempts), "bad")
        paragraph(one.detail, quiet=True)
    else:
        mark(here.t("notices.waits"), "hold")
