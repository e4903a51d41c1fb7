"""What people outside were told, or are to be."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Query
from markupsafe import Markup

from kingmaker.domain.notice import Notice, NoticeKind
from kingmaker.interfaces.control_centre.parameters import LARGEST
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import empty, heading, paragraph
from kingmaker.interfaces.web_ui.parts.fields import query_form
from kingmaker.interfaces.web_ui.parts.markup import anchor, marked, told_at
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
        told_at(one.raised_at),
        marked(here.t(f"notices.kind.{one.kind.value}"), _KINDS[one.kind]),
        anchor(one.pipeline, f"/pipelines/{one.pipeline}") if one.pipeline else "",
        _told(here, one),
        _reached(here, one),
    ]


def _told(here: Here, one: Notice) -> Markup:
    title = one.title if one.run is None else anchor(one.title, f"/runs/{one.run}")
    count = here.t("notices.count", count=one.count) if one.count > 1 else ""
    return Markup(
        '<div class="km-overview-wide"><strong>{}</strong><span class="km-quiet"> {}</span><p style="margin: 0">{}</p></div>'
    ).format(title, count, one.text)


def _reached(here: Here, one: Notice) -> Markup:
    if one.told_at is not None:
        kind = "" if one.reached else "km-quiet"
        places = ", ".join(one.reached) or here.t("notices.nowhere")
        return Markup('<span class="{}">{}</span> {}').format(kind, places, told_at(one.told_at))
    if one.attempts:
        failed = marked(here.t("notices.failed", count=one.attempts), "bad")
        return Markup('{}<p class="km-quiet">{}</p>').format(failed, one.detail)
    return marked(here.t("notices.waits"), "hold")
