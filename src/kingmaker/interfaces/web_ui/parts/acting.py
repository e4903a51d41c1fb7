"""Doing something: asked for a reason first where one is kept, told how it went, with the page as it is then."""

from collections.abc import Awaitable, Callable
from html import escape

from nicegui import ui

from kingmaker.control.office.office import Office
from kingmaker.domain.errors import KingmakerError, NotLoggedIn
from kingmaker.interfaces.web_ui.here import Here, way_in
from kingmaker.interfaces.web_ui.parts.dialogs import titled
from kingmaker.interfaces.web_ui.parts.elements import button, paragraph

Verb = Callable[[Office], object]
WithReason = Callable[[Office, str], object]
Then = Callable[[], Awaitable[None] | None]


async def act(here: Here, verb: Verb, then: Then | None = None) -> bool:
    """Let the office do it, then load the page anew (or do what `then` says). A refusal is told, with its remedy."""
    try:
        await here.ask(verb)
    except NotLoggedIn:
        session_over(here)
        return False
    except KingmakerError as error:
        refuse(error)
        return False
    if then is None:
        ui.navigate.reload()
        return True
    answer = then()
    if answer is not None:
        await answer
    return True


def session_over(here: Here) -> None:
    """Tell so, and lead to the log-in, which leads back here."""
    ui.notify(here.t("error.session_over"), type="negative")
    ui.navigate.to(way_in(here.request) + "&over=1")


def refuse(error: KingmakerError) -> None:
    """Tell a refusal, read out at once by a screen reader."""
    ui.notify(error.sentence(), type="negative", multi_line=True, timeout=10_000, close_button=True)


def ask_why(here: Here, title: str, told: str, verb: WithReason, *, then: Then | None = None) -> None:
    """A dialog that says what will happen, and asks for the reason that is kept in the audit log."""
    with titled(title) as dialog:
        paragraph(told)
        field = labelled_input(here.t("act.why"))
        said = ui.html("", sanitize=False, tag="p").props("role=alert").classes("km-quiet")

        async def do() -> None:
            why = str(field.value or "").strip()
            if not why:
                said.set_content(escape(here.t("act.why_needed")))
                return
            if await act(here, lambda office: verb(office, why), then):
                dialog.close()

        with ui.element("div").classes("km-row"):
            button(title, do, plain=False)
            button(here.t("act.cancel"), dialog.close)


def labelled_input(label: str, *, value: str = "", password: bool = False) -> ui.input:
    """A text field whose label a screen reader knows."""
    return ui.input(label, value=value, password=password).props("outlined dense stack-label").classes("w-full")
