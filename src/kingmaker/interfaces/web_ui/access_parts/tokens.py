"""Tokens: made, shown once, revoked."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from html import escape
from json import dumps
from typing import Final

from markupsafe import Markup
from nicegui import ui

from kingmaker.domain.access import MadeToken, Role, Token
from kingmaker.interfaces.web_ui.access_parts.scopes import scope_told, scope_typed
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import act, ask_why, labelled_input
from kingmaker.interfaces.web_ui.parts.dialogs import titled
from kingmaker.interfaces.web_ui.parts.elements import button, element, empty, heading, paragraph
from kingmaker.interfaces.web_ui.parts.fields import Choice
from kingmaker.interfaces.web_ui.parts.markup import marked, told_at
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, pager, table

AT_ONCE: Final = 50
_TITLES: Final = ("id", "name", "role", "pipelines", "made", "by", "used", "expires", "act")
_LIFETIMES: Final = {"30": 30, "90": 90, "365": 365, "never": None}


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of the tokens that are valid, and of those that are over, is shown; counted from 1."""

    valid: int
    over: int

    def address(self) -> str:
        return f"/access?tokens_page={self.valid}&over_page={self.over}"


def show_tokens(here: Here, tokens: list[Token], pages: Pages) -> None:
    with ui.element("div").classes("km-access-head"):
        heading(here.t("access.tokens"))
        button(here.t("access.make"), lambda: _making(here))
    if not tokens:
        empty(here.t("access.no_tokens"))
        return
    now = here.house.clock()
    valid, over = [one for one in tokens if one.is_valid(now)], [one for one in tokens if not one.is_valid(now)]
    if valid:
        _listed(here, here.t("access.tokens"), valid, pages.valid, lambda page: replace(pages, valid=page))
    if over:
        title = here.t("access.over", count=len(over))
        with ui.element("details").classes("km-access-over").props("open" if pages.over > 1 else ""):
            ui.html(escape(title), sanitize=False, tag="summary")
            _listed(here, title, over, pages.over, lambda page: replace(pages, over=page))


def _listed(here: Here, title: str, tokens: list[Token], page: int, to: Callable[[int], Pages]) -> None:
    columns = [Column(here.t(f"access.column.{name}")) for name in _TITLES]
    shown = tokens[(page - 1) * AT_ONCE : page * AT_ONCE]
    table(title, columns, [_row(here, one) for one in shown], stacks=True)
    older = to(page + 1).address() if len(tokens) > page * AT_ONCE else None
    pager(here.t, newer=to(page - 1).address() if page > 1 else None, older=older)


def _row(here: Here, one: Token) -> list[Cell]:
    return [
        Markup("<code>{}</code>").format(one.id[:12]),
        one.name,
        here.t(f"access.role.{one.role.value}"),
        scope_told(here.t, one.pipelines),
        told_at(one.made_at),
        one.made_by,
        told_at(one.last_used_at),
        _end(here, one),
        (lambda: _revoke(here, one)) if one.revoked_at is None else "",
    ]


def _end(here: Here, one: Token) -> Markup:
    if one.revoked_at is not None:
        return marked(here.t("access.revoked"), "open")
    if one.expires_at is None:
        return marked(here.t("access.never"), "hold")
    if one.expires_at <= here.house.clock():
        return marked(here.t("access.expired"), "open")
    return told_at(one.expires_at)


def _revoke(here: Here, one: Token) -> None:
    title = here.t("access.revoke_of", name=one.name)

    def ask() -> None:
        ask_why(here, title, here.t("access.revoke_told"), lambda office, why: office.revoke_token(one.id, why=why))

    with ui.element("div").classes("km-runs"):
        button(here.t("access.revoke"), ask).props["aria-label"] = title


def _making(here: Here) -> None:
    t = here.t
    with titled(t("access.make")) as dialog:
        name = labelled_input(t("access.token_name"))
        role = Choice(
            t("access.column.role"), {one.value: t(f"access.role.{one.value}") for one in Role}, Role.ENDPOINT
        )
        pipelines = labelled_input(t("access.scope"))
        said = {one: t(f"access.lifetime.{one}") for one in _LIFETIMES}
        lifetime = Choice(t("access.column.expires"), said, "90")
        made: list[MadeToken] = []

        async def make() -> None:
            days = _LIFETIMES[lifetime.value]
            lasts = None if days is None else timedelta(days=days)
            called, scope = str(name.value or ""), scope_typed(str(pipelines.value or ""))
            done = await act(
                here,
                lambda office: made.append(
                    office.make_token(called, Role(role.value), pipelines=scope, lifetime=lasts)
                ),
                lambda: None,
            )
            if done:
                _show_once(here, made[0])
                dialog.close()

        with ui.element("div").classes("km-row"):
            button(t("access.make"), make, plain=False)
            button(t("act.cancel"), dialog.close)


def _show_once(here: Here, made: MadeToken) -> None:
    t = here.t
    with titled(t("access.made", name=made.token.name)) as dialog:
        dialog.props("persistent")
        paragraph(t("access.shown_once"))
        element("p", made.secret).classes("km-overview-secret")
        told = ui.html("", sanitize=False, tag="p").props("role=status").classes("km-quiet")

        async def copy() -> None:
            copied = await ui.run_javascript(_COPY.format(secret=dumps(made.secret)))
            told.set_content(escape(t("access.copied" if copied else "access.not_copied")))

        with ui.element("div").classes("km-row"):
            button(t("access.copy"), copy, plain=False)
            button(t("access.kept"), ui.navigate.reload)


_COPY: Final = "return await navigator.clipboard?.writeText({secret}).then(() => true, () => false) ?? false"
