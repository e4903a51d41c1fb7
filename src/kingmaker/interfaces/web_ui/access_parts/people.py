"""People: added, changed, disabled."""

from typing import Final

from nicegui import ui

from kingmaker.domain.access import Person, Role
from kingmaker.interfaces.web_ui.access_parts.scopes import roles_told, scope_told, scope_typed
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import act, ask_why, labelled_input
from kingmaker.interfaces.web_ui.parts.dialogs import titled
from kingmaker.interfaces.web_ui.parts.elements import button, empty, heading, mark, moment, paragraph
from kingmaker.interfaces.web_ui.parts.fields import Ticks
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table

_TITLES: Final = ("name", "roles", "pipelines", "made", "by", "login", "state", "act")
_ROLES: Final = tuple(role for role in Role if role is not Role.ENDPOINT)


def show_people(here: Here, people: list[Person]) -> None:
    with ui.element("div").classes("km-access-head"):
        heading(here.t("access.people"))
        button(here.t("access.add"), lambda: _putting(here, None))
    if not people:
        empty(here.t("access.no_people"))
        return
    columns = [Column(here.t(f"access.column.{name}")) for name in _TITLES]
    table(here.t("access.people"), columns, [_row(here, one) for one in people], stacks=True)


def _row(here: Here, one: Person) -> list[Cell]:
    return [
        one.name,
        roles_told(here.t, one.roles),
        scope_told(here.t, one.pipelines),
        lambda: moment(one.made_at),
        one.made_by,
        lambda: moment(one.last_login_at),
        lambda: _state(here, one),
        lambda: _acts(here, one),
    ]


def _state(here: Here, one: Person) -> None:
    if one.disabled_at is not None:
        mark(here.t("access.disabled"), "open")
    elif one.locked_until is not None and one.locked_until > here.house.clock():
        mark(here.t("access.locked"), "hold")
    else:
        mark(here.t("access.may_enter"), "good")


def _acts(here: Here, one: Person) -> None:
    title = here.t("access.disable_of", name=one.name)

    def disable() -> None:
        ask_why(
            here, title, here.t("access.disable_told"), lambda office, why: office.disable_person(one.name, why=why)
        )

    with ui.element("div").classes("km-row km-runs"):
        changed = button(here.t("access.change"), lambda: _putting(here, one))
        changed.props["aria-label"] = here.t("access.change_of", name=one.name)
        if one.disabled_at is None and one.name != here.who.name:
            button(here.t("access.disable"), disable).props["aria-label"] = title


def _putting(here: Here, one: Person | None) -> None:
    """Add somebody, or change what `one` may; an empty password leaves theirs as it is."""
    t = here.t
    with titled(t("access.change_of", name=one.name) if one else t("access.add")) as dialog:
        if one is not None and one.disabled_at is not None:
            paragraph(t("access.revives"), quiet=True)
        name = None if one else labelled_input(t("access.person_name"))
        standing = frozenset(role.value for role in one.roles) if one else frozenset({Role.VIEWER.value})
        roles = Ticks(
            t("access.column.roles"), {role.value: t(f"access.role.{role.value}") for role in _ROLES}, standing
        )
        pipelines = labelled_input(t("access.scope"), value=", ".join(one.pipelines or ()) if one else "")
        which = "kept" if one else "first"
        password = labelled_input(t(f"access.password_{which}"), password=True).props("autocomplete=new-password")
        paragraph(t(f"access.password_{which}_told"), quiet=True)

        async def put() -> None:
            called = one.name if one else str(name.value or "") if name else ""
            given = [Role(role) for role in roles.chosen]
            scope, secret = scope_typed(str(pipelines.value or "")), str(password.value or "") or None
            await act(here, lambda office: office.put_person(called, given, pipelines=scope, password=secret))

        with ui.element("div").classes("km-row"):
            button(t("access.keep"), put, plain=False)
            button(t("act.cancel"), dialog.close)
