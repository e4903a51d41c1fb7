"""Doing something with one of several versions: which, why, and sometimes how much of the traffic."""

from collections.abc import Callable, Mapping
from html import escape

from nicegui import ui

from kingmaker.control.office.office import Office
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import act, labelled_input
from kingmaker.interfaces.web_ui.parts.dialogs import titled
from kingmaker.interfaces.web_ui.parts.elements import button, paragraph

Chosen = Callable[[Office, str, str], object]
Shared = Callable[[Office, str, float, str], object]


def ask_which(here: Here, title: str, told: str, versions: Mapping[str, str], verb: Chosen) -> None:
    """A dialog. `versions` are what there is to choose from, each with the words that tell it; the first is chosen."""
    _asked(here, title, told, versions, lambda office, version, _, why: verb(office, version, why), with_share=False)


def ask_which_and_share(here: Here, title: str, told: str, versions: Mapping[str, str], verb: Shared) -> None:
    """As `ask_which`, with the share of the applications in per cent; the office refuses one that is none."""
    _asked(here, title, told, versions, verb, with_share=True)


def _asked(here: Here, title: str, told: str, versions: Mapping[str, str], verb: Shared, *, with_share: bool) -> None:
    t = here.t
    with titled(title) as dialog:
        paragraph(told)
        which = ui.select(dict(versions), label=t("pipeline.which_version"), value=next(iter(versions)))
        which.props("outlined dense stack-label options-dense").classes("w-full")
        share = labelled_input(t("pipeline.share"), value="5") if with_share else None
        field = labelled_input(t("act.why"))
        said = ui.html("", sanitize=False, tag="p").props("role=alert").classes("km-quiet")

        async def do() -> None:
            why, part = str(field.value or "").strip(), _part(share.value if share else "0")
            if part is None or not why:
                said.set_content(escape(t("pipeline.share_needed" if part is None else "act.why_needed")))
                return
            version = str(which.value)
            if await act(here, lambda office: verb(office, version, part, why)):
                dialog.close()

        with ui.element("div").classes("km-row"):
            button(title, do, plain=False)
            button(t("act.cancel"), dialog.close)


def _part(told: object) -> float | None:
    """Per cent as a share; None for what is no number."""
    try:
        return float(str(told).strip().rstrip("%")) / 100
    except ValueError:
        return None
