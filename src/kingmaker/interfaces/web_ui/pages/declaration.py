"""What is declared for a pipeline: to look at, to compare, to change."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from nicegui import ui

from kingmaker.domain.access import Right
from kingmaker.domain.errors import NotFound
from kingmaker.domain.schedule import Declared
from kingmaker.interfaces.control_centre.parameters import LARGEST
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import button, element, empty, heading, link, moment, paragraph, text
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table
from kingmaker.interfaces.web_ui.pipeline_parts.comparing import comparison
from kingmaker.interfaces.web_ui.pipeline_parts.editor import Editor
from kingmaker.interfaces.web_ui.pipeline_parts.saving import Saving
from kingmaker.interfaces.web_ui.pipeline_parts.yaml_text import coloured
from kingmaker.interfaces.web_ui.room import room

Number = Annotated[int | None, Query(ge=1, le=LARGEST)]


@room("/pipelines/{pipeline}/declaration", name="overview", title="declaration.title")
async def declaration(
    here: Here, pipeline: str, number: Number = None, older: Number = None, newer: Number = None
) -> None:
    """The newest, or that `number`; or what changed from `older` to `newer`."""
    found = await here.ask(lambda office: office.declarations(pipeline))
    _heading(here, pipeline)
    if not found:
        empty(here.t("declaration.none"))
        _edit_link(here, pipeline)
        return
    if older is not None and newer is not None:
        _changes(here, _numbered(found, older), _numbered(found, newer))
    else:
        _shown(here, found[-1] if number is None else _numbered(found, number), is_newest=number is None)
    _versions(here, found)


@room("/pipelines/{pipeline}/declaration/edit", name="overview", title="declaration.edit_title")
async def edit_declaration(here: Here, pipeline: str) -> None:
    found = await here.ask(lambda office: office.declarations(pipeline))
    _heading(here, pipeline)
    if not here.may(Right.ASK, pipeline):
        empty(here.t("declaration.may_not"))
        return
    newest = found[-1] if found else None
    if newest is not None:
        paragraph(here.t("declaration.changing", number=newest.number, by=newest.by), quiet=True)
    said = (
        newest.text
        if newest
        else await here.ask(lambda office: office.runs(pipeline=pipeline, limit=1)[0].run.request.declaration)
    )
    editor = Editor(here, f"kingmaker.declaration.{pipeline}", said)
    editor.build()
    Saving(here, editor, pipeline, newest.number if newest else 0).build()


def _heading(here: Here, pipeline: str) -> None:
    with ui.element("p").classes("km-quiet"):
        link(pipeline, f"/pipelines/{pipeline}")
    heading(here.t("declaration.title"), 1)


def _numbered(found: Sequence[Declared], number: int) -> Declared:
    """Their numbers have no gaps. Raises NotFound."""
    if number > len(found):
        raise NotFound(
            f"there is no declaration {number} of pipeline {found[0].pipeline}",
            remedy=f"They are numbered from 1 to {len(found)}.",
        )
    return found[number - 1]


def _shown(here: Here, one: Declared, *, is_newest: bool) -> None:
    with ui.element("p"):
        text(here.t("declaration.number", number=one.number) + f", {one.by}, ")
        moment(one.at)
    if is_newest:
        _edit_link(here, one.pipeline)
    shown = ui.html(coloured(one.text), sanitize=False, tag="pre").classes("km-declaration-text")
    shown.props("tabindex=0 role=region").props["aria-label"] = here.t("declaration.text")


def _edit_link(here: Here, pipeline: str) -> None:
    if here.may(Right.ASK, pipeline):
        with element("p"):
            link(here.t("declaration.edit"), f"/pipelines/{pipeline}/declaration/edit").classes("km-button plain")


def _changes(here: Here, older: Declared, newer: Declared) -> None:
    heading(here.t("declaration.changes_from", older=older.number, newer=newer.number))
    titles = (_title(here, older), _title(here, newer))
    comparison(here, older.text, newer.text, titles)


def _title(here: Here, one: Declared) -> str:
    return f"{here.t('declaration.number', number=one.number)}, {one.by}, {one.at:%Y-%m-%d}"


def _versions(here: Here, found: Sequence[Declared]) -> None:
    t = here.t
    heading(t("declaration.versions"))
    columns = (
        Column(t("declaration.column.number"), is_number=True),
        Column(t("declaration.column.by")),
        Column(t("declaration.column.at")),
        Column(t("declaration.column.look")),
    )
    table(t("declaration.versions"), columns, [_version(here, one) for one in reversed(found)])
    if len(found) > 1:
        _compare(here, found)


def _version(here: Here, one: Declared) -> Sequence[Cell]:
    base = f"/pipelines/{one.pipeline}/declaration"

    def links() -> None:
        with ui.element("div").classes("km-row"):
            link(here.t("declaration.look"), f"{base}?number={one.number}").props["aria-label"] = (
                f"{here.t('declaration.look')}: {here.t('declaration.number', number=one.number)}"
            )
            if one.number > 1:
                link(here.t("declaration.changes"), f"{base}?older={one.number - 1}&newer={one.number}")

    return str(one.number), one.by, lambda: moment(one.at), links


def _compare(here: Here, found: Sequence[Declared]) -> None:
    """Any two of them."""
    t, base = here.t, f"/pipelines/{found[0].pipeline}/declaration"
    named = {one.number: f"{one.number} · {one.by} · {one.at:%Y-%m-%d}" for one in reversed(found)}
    with ui.element("div").classes("km-row"):
        older = ui.select(named, label=t("declaration.older"), value=found[-2].number)
        newer = ui.select(named, label=t("declaration.newer"), value=found[-1].number)
        for one in (older, newer):
            one.props("outlined dense stack-label options-dense").style("min-width: 14em")
        button(t("declaration.compare"), lambda: ui.navigate.to(f"{base}?older={older.value}&newer={newer.value}"))
