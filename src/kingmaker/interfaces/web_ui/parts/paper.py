"""Figures of the report on a page: its drawings, its style, and the keys that explain its colours."""

from markupsafe import escape
from nicegui import ui

from kingmaker.interfaces.report.drawing.figure import Figure
from kingmaker.interfaces.web_ui.parts.elements import element


def figure(shown: Figure | None) -> ui.element | None:
    """A finished drawing, whose texts were escaped as it was drawn; nothing for none."""
    if shown is None:
        return None
    with ui.element("div").classes("paper") as made, ui.element("figure"):
        ui.html(str(escape(shown.title)), sanitize=False, tag="figcaption")
        if shown.keys:
            keys = "".join(f'<span class="key {key.kind}">{escape(key.name)}</span>' for key in shown.keys)
            ui.html(keys, sanitize=False, tag="p").classes("legend")
        ui.html(str(shown.drawing), sanitize=False)
        if shown.note:
            element("p", shown.note).classes("small")
    return made
