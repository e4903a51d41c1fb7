"""Tables as HTML has them, in pages of so many rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nicegui import ui

from kingmaker.interfaces.web_ui.parts.elements import element, link, text
from kingmaker.interfaces.web_ui.texts.catalogue import Texts

Cell = str | Callable[[], object]
"""A text, or what makes the cell's content."""


@dataclass(frozen=True, slots=True)
class Column:
    """`is_number` aligns its cells on the right."""

    title: str
    is_number: bool = False


def table(caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> ui.element:
    """`caption` is what a screen reader announces; one that is shown belongs into a heading above."""
    with ui.element("div").classes("km-scroll") as scroll:
        scroll.props(f'tabindex=0 role=region aria-label="{caption}"')
        with ui.element("table").classes("km-table"):
            with ui.element("thead"), ui.element("tr"):
                for column in columns:
                    element("th", column.title).props("scope=col").classes("number" if column.is_number else "")
            with ui.element("tbody"):
                for row in rows:
                    _row(columns, row)
    return scroll


def _row(columns: Sequence[Column], cells: Sequence[Cell]) -> None:
    with ui.element("tr"):
        for column, cell in zip(columns, cells, strict=True):
            with ui.element("td").classes("number" if column.is_number else ""):
                text(cell) if isinstance(cell, str) else cell()


def pager(t: Texts, *, newer: str | None, older: str | None) -> None:
    """Links to the pages beside this one; nothing where there is one page only."""
    if newer is None and older is None:
        return
    with ui.element("nav").classes("km-row").props('aria-label="pages"'):
        if newer is not None:
            link(t("page.newer"), newer).props("rel=prev")
        if older is not None:
            link(t("page.older"), older).props("rel=next")
