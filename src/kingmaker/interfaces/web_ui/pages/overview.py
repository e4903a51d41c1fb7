"""Every pipeline at a glance; what needs a person stands first."""

from typing import Final

from nicegui import ui

from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.overview_parts.cards import cards
from kingmaker.interfaces.web_ui.overview_parts.needs import needs
from kingmaker.interfaces.web_ui.overview_parts.seen import Seen, look
from kingmaker.interfaces.web_ui.parts.elements import empty, heading
from kingmaker.interfaces.web_ui.parts.living import living
from kingmaker.interfaces.web_ui.room import room

RENEWED_EVERY: Final = 10.0
"""Seconds."""


@room("/", name="overview", title="overview.title")
async def overview(here: Here) -> None:
    heading(here.t("overview.title"), 1)
    seen = await here.ask(look)
    if not seen.lines:
        empty(here.t("overview.none"))
        return
    heading(here.t("overview.needs"), 2)
    first = ui.html(needs(here.t, seen), sanitize=False).props("aria-live=polite")
    heading(here.t("overview.pipelines"), 2)
    rest = ui.html(cards(here.t, seen), sanitize=False)

    async def renew() -> None:
        _show(here, await here.ask(look), first, rest)

    living(here, RENEWED_EVERY, renew)


def _show(here: Here, seen: Seen, first: ui.html, rest: ui.html) -> None:
    """What has not changed stays untouched, with whatever the viewer has focused in it."""
    for place, told in ((first, needs(here.t, seen)), (rest, cards(here.t, seen))):
        if place.content != told:
            place.set_content(told)
