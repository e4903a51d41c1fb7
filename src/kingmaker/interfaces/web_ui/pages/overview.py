"""Every pipeline at a glance; what needs a person stands first."""

from nicegui import ui

from kingmaker.control.records import PipelineLine
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, empty, heading, link, moment, text
from kingmaker.interfaces.web_ui.room import room


@room("/", name="overview", title="overview.title")
async def overview(here: Here) -> None:
    heading(here.t("overview.title"), 1)
    lines = await here.ask(lambda office: office.pipelines())
    if not lines:
        empty(here.t("overview.none"))
        return
    with ui.element("div").classes("km-cards"):
        for line in lines:
            _card(here, line)


def _card(here: Here, line: PipelineLine) -> None:
    with ui.element("section").classes("km-card"):
        with element("h2"):
            link(line.pipeline, f"/pipelines/{line.pipeline}")
        if line.champion is None:
            text(here.t("overview.no_champion"))
            return
        text(f"{line.champion.version[:12]} {here.t('overview.champion_since')} ")
        moment(line.champion.since)
