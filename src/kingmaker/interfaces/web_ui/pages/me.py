"""Whoever is logged in: what they may, where they are logged in, another password."""

from html import escape

from nicegui import ui

from kingmaker.domain.access import RIGHTS, Right, Session
from kingmaker.domain.errors import KingmakerError, NotLoggedIn
from kingmaker.interfaces.web_ui.access_parts.scopes import roles_told, scope_told
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import act, labelled_input, session_over
from kingmaker.interfaces.web_ui.parts.elements import button, element, heading, moment, paragraph
from kingmaker.interfaces.web_ui.parts.tables import Column, table
from kingmaker.interfaces.web_ui.room import room
from kingmaker.interfaces.web_ui.run_parts.choosing import submit


@room("/me", name="", title="me.title")
async def me(here: Here) -> None:
    known, sessions = await here.ask(lambda office: (office.me(), office.sessions()))
    heading(known.name, 1)
    rights = sorted({right for role in known.roles for right in RIGHTS[role]}, key=list(Right).index)
    facts = (
        ("roles", roles_told(here.t, known.roles)),
        ("pipelines", scope_told(here.t, known.pipelines)),
    )
    with ui.element("dl").classes("km-overview-facts km-me-facts"):
        for name, told in facts:
            element("dt", here.t(f"me.{name}"))
            element("dd", told)
        element("dt", here.t("me.rights"))
        with element("dd"):
            for right in rights:
                element("div", here.t(f"me.right.{right.value}"))
    _sessions(here, sessions)
    _password(here)


def _sessions(here: Here, sessions: list[Session]) -> None:
    heading(here.t("me.sessions"))
    columns = [Column(here.t("me.begun")), Column(here.t("me.expires"))]
    rows = [[lambda one=one: moment(one.begun_at), lambda one=one: moment(one.expires_at)] for one in sessions]
    table(here.t("me.sessions"), columns, rows)

    async def end() -> None:
        await act(here, lambda office: office.end_sessions(), lambda: ui.navigate.to("/login"))

    with element("p").style("margin-top: 10px"):
        button(here.t("me.end"), end)


def _password(here: Here) -> None:
    heading(here.t("me.password"))
    paragraph(here.t("me.password_told"), quiet=True)
    with ui.element("form").classes("km-login") as form:
        _unseen_name(here)
        old = labelled_input(here.t("me.old"), password=True).props("autocomplete=current-password")
        new = labelled_input(here.t("me.new"), password=True).props("autocomplete=new-password")
        again = labelled_input(here.t("me.again"), password=True).props("autocomplete=new-password")
        told = ui.html("", sanitize=False, tag="p").props("role=alert").classes("km-login-refused")

        async def change() -> None:
            if new.value != again.value:
                told.set_content(escape(here.t("me.differ")))
                return
            said = str(old.value or ""), str(new.value or "")
            try:
                await here.ask(lambda office: office.change_password(*said))
            except NotLoggedIn:
                session_over(here)
            except KingmakerError as error:
                told.set_content(escape(error.sentence()))
            else:
                ui.notify(here.t("me.changed"), type="positive")
                ui.navigate.to("/login")

        form.on("submit.prevent", change)
        submit(here.t("me.change"))


def _unseen_name(here: Here) -> None:
    """For programs that keep passwords: whose this one is."""
    name = ui.element("input")
    name.props.update({"type": "text", "value": here.who.name, "autocomplete": "username", "hidden": True})
