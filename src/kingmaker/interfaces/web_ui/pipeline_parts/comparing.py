"""Two declarations side by side, as a part of a page."""

from nicegui import ui

from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import empty
from kingmaker.interfaces.web_ui.pipeline_parts.differences import differences


def comparison(here: Here, older: str, newer: str, titles: tuple[str, str]) -> None:
    """`titles` stand above the older and the newer text."""
    rows = differences(here.t, older, newer, titles)
    if not rows:
        empty(here.t("declaration.alike"))
        return
    with ui.element("div").classes("km-scroll") as scroll:
        scroll.props("tabindex=0 role=region").props["aria-label"] = here.t("declaration.compared")
        ui.html(rows, sanitize=False, tag="table").classes("km-declaration-diff")
