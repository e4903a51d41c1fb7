"""The pictures of a replay: the report's own, of which the page shows the width that fits."""

from html import escape

from nicegui import ui

from kingmaker.interfaces.report.pictures.replay_frame import ReplayFigure
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, empty, heading, paragraph
from kingmaker.interfaces.web_ui.replay_parts.compared import Compared


def champions(here: Here, seen: Compared) -> None:
    heading(here.t("replay.champions"))
    paragraph(here.t("replay.champions_told"), quiet=True)
    replay_figure(seen.reigns)


def periods(here: Here, seen: Compared) -> None:
    heading(here.t("replay.periods"))
    if not seen.periods:
        empty(here.t("replay.no_periods"))
        return
    paragraph(here.t("replay.periods_told"), quiet=True)
    for shown in seen.periods:
        replay_figure(shown)


def replay_figure(shown: ReplayFigure) -> None:
    """Its texts were escaped as it was drawn."""
    with ui.element("div").classes("paper"), ui.element("figure").classes("over-time"):
        element("figcaption", shown.title)
        if shown.keys:
            keys = "".join(f'<span class="key {key.kind}">{escape(key.name)}</span>' for key in shown.keys)
            ui.html(keys, sanitize=False, tag="p").classes("legend")
        for width, drawing in (("wide", shown.wide), ("narrow", shown.narrow)):
            ui.html(str(drawing), sanitize=False).classes(width)
        if shown.note:
            element("p", shown.note).classes("small")
