"""The audit log, page by page, and the proof that nobody has changed it."""

import re
from html import escape
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Query
from markupsafe import Markup
from nicegui import ui

from kingmaker.domain.access import Right
from kingmaker.domain.champion import AuditEntry
from kingmaker.domain.errors import KingmakerError, NotLoggedIn
from kingmaker.interfaces.control_centre.parameters import LARGEST
from kingmaker.interfaces.report.wording import count
from kingmaker.interfaces.web_ui.audit_parts.places import place_of
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import session_over
from kingmaker.interfaces.web_ui.parts.elements import button, element, empty, heading, link, moment, paragraph, text
from kingmaker.interfaces.web_ui.parts.fields import query_form, query_text
from kingmaker.interfaces.web_ui.parts.markup import marked
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, pager, table
from kingmaker.interfaces.web_ui.room import room
from kingmaker.interfaces.web_ui.run_parts.choosing import submit

AT_ONCE: Final = 50
LONGEST: Final = 160
"""Signs of a text in a cell; the whole of it opens with a click."""
Before = Annotated[int | None, Query(ge=1, le=LARGEST)]
_DIGEST: Final = re.compile(r"\b[0-9a-f]{64}\b")
_TITLES: Final = ("number", "at", "by", "action", "subject", "before", "after", "why")


@room("/audit", name="audit", title="audit.title")
async def audit(here: Here, by: str = "", action: str = "", subject: str = "", before: Before = None) -> None:
    entries = await here.ask(
        lambda office: office.audit(
            limit=AT_ONCE + 1, before=before, by=by or None, action=action or None, subject=subject or None
        )
    )
    heading(here.t("audit.title"), 1)
    if here.may(Right.SEE):
        _proof(here)
    asked = {"by": by, "action": action, "subject": subject}
    with query_form():
        for name, value in asked.items():
            query_text(here.t(f"audit.filter.{name}"), name, value)
        submit(here.t("audit.show"))
    if not entries:
        empty(here.t("audit.none"))
        return
    shown = entries[:AT_ONCE]
    columns = [Column(here.t(f"audit.column.{name}"), is_number=name == "number") for name in _TITLES]
    table(here.t("audit.title"), columns, [_row(one) for one in shown], stacks=True).classes("km-audit")
    older = _address(asked, shown[-1].number) if len(entries) > AT_ONCE else None
    pager(here.t, newer=_address(asked, None) if before else None, older=older)


def _proof(here: Here) -> None:
    paragraph(here.t("audit.told"), quiet=True)
    with ui.element("div").classes("km-row km-audit-proof"):
        asked = button(here.t("audit.verify"), lambda: _prove(here, told))
        told = ui.html("", sanitize=False, tag="p").props("role=status").style("margin: 0")
        asked.props["aria-describedby"] = told.html_id


async def _prove(here: Here, told: ui.html) -> None:
    told.set_content(escape(here.t("audit.proving")))
    try:
        proven = await here.ask(lambda office: office.verify_audit())
    except NotLoggedIn:
        session_over(here)
    except KingmakerError as error:
        told.set_content(Markup("{} {}").format(marked(here.t("audit.broken"), "bad"), error.sentence()))
    else:
        said = here.t("audit.proven", entries=count(proven.entries))
        mark = marked(here.t("audit.whole"), "good")
        told.set_content(Markup('{} {} <code class="km-overview-wide">{}</code>').format(mark, said, proven.digest))


def _row(one: AuditEntry) -> list[Cell]:
    return [
        str(one.number),
        lambda: moment(one.at),
        one.by,
        one.action,
        _subject(one.subject),
        _long(one.before),
        _long(one.after),
        _long(one.why),
    ]


def _subject(said: str) -> Cell:
    """It leads to where it is shown, if there is such a place."""
    place = place_of(said)
    short = _DIGEST.sub(lambda found: found.group()[:12], said)
    if place is not None:
        return lambda: link(short, place).classes("km-audit-subject")
    return (lambda: text(said).classes("km-audit-subject")) if short == said else _long(said)


def _long(said: str) -> Cell:
    """What is long, or holds digests, is told shortly and opens with a click."""
    short = _DIGEST.sub(lambda found: found.group()[:12], said)
    return said if said == short and len(said) <= LONGEST else lambda: _opening(short[:LONGEST], said)


def _opening(short: str, said: str) -> None:
    with element("details").classes("km-audit-long"):
        ui.html(escape(short) + "…", sanitize=False, tag="summary")
        text(said).classes("km-overview-wide")


def _address(asked: dict[str, str], before: int | None) -> str:
    said = {**asked, "before": str(before or "")}
    return f"/audit?{urlencode({name: value for name, value in said.items() if value})}"
