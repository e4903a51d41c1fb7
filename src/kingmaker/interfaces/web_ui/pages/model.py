"""A model version: what it rests on, what it would say, what another cut would do, and where it comes from."""

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.model_parts.acts import acts
from kingmaker.interfaces.web_ui.model_parts.cut import cut
from kingmaker.interfaces.web_ui.model_parts.downloads import downloads
from kingmaker.interfaces.web_ui.model_parts.features import features
from kingmaker.interfaces.web_ui.model_parts.head import facts, head
from kingmaker.interfaces.web_ui.model_parts.seen import read
from kingmaker.interfaces.web_ui.model_parts.what_if import what_if
from kingmaker.interfaces.web_ui.parts.elements import heading, link
from kingmaker.interfaces.web_ui.room import room

CHAMPION = "champion"
DIGITS = 64
SECTIONS = ("features", "what_if", "cut", "lineage", "downloads")


@room("/pipelines/{pipeline}/models/{version}", name="overview", title="model.title")
async def model(here: Here, pipeline: str, version: str) -> Response | None:
    """The first digits of a version lead to the whole of it; `champion` is whoever is in force."""
    if version != CHAMPION and len(version) < DIGITS:
        whole = await here.ask(lambda office: office.version(pipeline, version))
        return RedirectResponse(f"/pipelines/{pipeline}/models/{whole.version}", 307)
    seen = await here.ask(lambda office: read(office, pipeline, version))
    head(here, seen)
    acts(here, seen)
    with ui.element("nav").classes("km-row km-model-contents").props(f'aria-label="{here.t("model.contents")}"'):
        for name in SECTIONS:
            link(here.t(f"model.section.{name}"), f"#{name}")
    for name in SECTIONS:
        with ui.element("section").props(f"id={name}"):
            heading(here.t(f"model.section.{name}"))
            match name:
                case "features":
                    await features(here, seen)
                case "what_if":
                    await what_if(here, seen)
                case "cut":
                    cut(here, seen)
                case "lineage":
                    facts(here, seen)
                case "downloads":
                    downloads(here, seen)
    return None
