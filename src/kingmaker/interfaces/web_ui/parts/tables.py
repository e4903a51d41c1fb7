"""Tables as HTML has them, in pages of so many rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape
from nicegui import ui

from kingmaker.interfaces.web_ui.parts.elements import element, link
from kingmaker.interfaces.web_ui.texts.catalogue import Texts

Cell = str | Callable[[], object]
"""A text, markup (which is a text that is safe as it is), or what makes the cell's content."""


@dataclass(frozen=True, slots=True)
class Column:
    """`is_number` aligns its cells on the right.

    `order_by` is where its title leads to, to have the rows in this column's order; `order` is `ascending` or `descending`
    where they are.
    """

    title: str
    is_number: bool = False
    order_by: str = ""
    order: str = ""


def table(
    caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, stacks: bool = False
) -> ui.element:
    """`caption` is what a screen reader announces; one that is shown belongs into a heading above.

    With `stacks` a row becomes lines of title and cell where the screen is narrow, instead of going on beyond its edge.
    """
    with ui.element("div").classes("km-scroll") as scroll:
        scroll.props("tabindex=0 role=region")
        scroll.props["aria-label"] = caption
        with ui.element("table").classes("km-table km-stacks" if stacks else "km-table"):
            with ui.element("thead"), ui.element("tr"):
                for column in columns:
                    _title(column)
            with ui.element("tbody"):
                for row in rows:
                    _row(columns, row, stacks=stacks)
    return scroll


def _title(column: Column) -> None:
    with element("th", "" if column.order_by else column.title) as made:
        if column.order_by:
            link(column.title, column.order_by)
    made.props("scope=col").classes("number" if column.is_number else "")
    if column.order:
        made.props["aria-sort"] = column.order


def _row(columns: Sequence[Column], cells: Sequence[Cell], *, stacks: bool) -> None:
    """A row of texts and markup alone is one element, not one a cell: elements are what a long page takes its time for."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    if len(texts) == len(cells):
        made = (_cell(column, cell, stacks=stacks) for column, cell in zip(columns, texts, strict=True))
        ui.html(Markup("").join(made), sanitize=False, tag="tr")
        return
    with ui.element("tr"):
        for column, cell in zip(columns, cells, strict=True):
            _element(column, cell, stacks=stacks)


def _cell(column: Column, cell: str, *, stacks: bool) -> Markup:
    kind = Markup(' class="number"') if column.is_number else ""
    title = Markup(' data-title="{}"').format(column.title) if stacks else ""
    return Markup("<td{}{}>{}</td>").format(kind, title, cell)


def _element(column: Column, cell: Cell, *, stacks: bool) -> None:
    made: ui.element
    kind = "number" if column.is_number else ""
    if isinstance(cell, str):
        made = ui.html(escape(cell), sanitize=False, tag="td").classes(kind)
    else:
        with ui.element("td").classes(kind) as made:
            cell()
    if stacks:
        made.props["data-title"] = column.title


def pager(t: Texts, *, newer: str | None, older: str | None) -> None:
    """Links to the pages beside this one; nothing where there is one page only."""
    if newer is None and older is None:
        return
    with ui.element("nav").classes("km-row").props('aria-label="pages"'):
        if newer is not None:
            link(t("page.newer"), newer).props("rel=prev")
        if older is not None:
            link(t("page.older"), older).props("rel=next")
