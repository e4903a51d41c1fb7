"""Tokens and people, for administrators."""

from typing import Annotated

from fastapi import Query

from kingmaker.interfaces.web_ui.access_parts.people import show_people
from kingmaker.interfaces.web_ui.access_parts.tokens import Pages, show_tokens
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import heading
from kingmaker.interfaces.web_ui.room import room

Page = Annotated[int, Query(ge=1, le=100_000)]


@room("/access", name="access", title="access.title")
async def access(here: Here, tokens_page: Page = 1, over_page: Page = 1) -> None:
    people, tokens = await here.ask(lambda office: (office.people(), office.tokens()))
    heading(here.t("access.title"), 1)
    show_people(here, people)
    show_tokens(here, tokens, Pages(tokens_page, over_page))
