"""A pipeline: who was champion when, what each verdict measured, and how everything beside it stands."""

from typing import Annotated

from fastapi import Query
from nicegui import ui

from kingmaker.interfaces.control_centre.parameters import LARGEST
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import heading
from kingmaker.interfaces.web_ui.pipeline_parts.budget import budget_card
from kingmaker.interfaces.web_ui.pipeline_parts.champion import head
from kingmaker.interfaces.web_ui.pipeline_parts.history import pictures, reigns, verdicts
from kingmaker.interfaces.web_ui.pipeline_parts.seen import read
from kingmaker.interfaces.web_ui.pipeline_parts.standing import (
    companions_card,
    declaration_card,
    endpoints_card,
    schedule_card,
)
from kingmaker.interfaces.web_ui.room import room

Before = Annotated[int | None, Query(ge=1, le=LARGEST)]


@room("/pipelines/{pipeline}", name="overview", title="pipeline.title")
async def pipeline(here: Here, pipeline: str, before: Before = None) -> None:
    seen = await here.ask(lambda office: read(office, pipeline, before))
    head(here, seen)
    heading(here.t("pipeline.time_line"))
    pictures(here, seen)
    heading(here.t("pipeline.stands"))
    with ui.element("div").classes("km-cards km-pipeline-cards"):
        for card in (budget_card, schedule_card, endpoints_card, companions_card, declaration_card):
            card(here, seen)
    verdicts(here, seen)
    reigns(here, seen)
