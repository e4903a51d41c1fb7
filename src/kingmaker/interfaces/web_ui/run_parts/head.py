"""What stands above every page about one run: which it is, how it stands, and the pages there are about it."""

from typing import Final

from nicegui import ui

from kingmaker.control.records import RunLine
from kingmaker.interfaces.report.wording import duration
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, heading, link, moment, text
from kingmaker.interfaces.web_ui.run_parts.marks import decision_mark, state_mark

PAGES: Final = (
    ("progress", ""),
    ("data", "/data"),
    ("recipe", "/recipe"),
    ("trials", "/trials"),
    ("verdict", "/verdict"),
)
"""Name in the catalogue under `run.page`, and what follows the run's number in the address."""


async def run_head(here: Here, number: int, page: str) -> RunLine:
    """Heading and links of a page about the run; `page` is the one of PAGES that it is."""
    line = await here.ask(lambda office: office.run(number))
    heading(here.t("run.heading", run=number), 1)
    told_of(here, line)
    run_pages(here, number, page)
    return line


def told_of(here: Here, line: RunLine) -> None:
    """One line: how it stands, of which pipeline it is, when it was, and who asked for it."""
    run = line.run
    with ui.element("div").classes("km-row km-run-told"):
        state_mark(here, line)
        if line.decision is not None:
            decision_mark(here, line)
        link(run.request.pipeline, f"/pipelines/{run.request.pipeline}")
        text(here.t("run.as_of", day=run.request.as_of.isoformat()))
        text(here.t("run.asked_by", who=run.request.requested_by))
        with element("span"):
            text(here.t("run.began") + " ")
            moment(run.started_at)
        if run.ended_at is not None:
            text(here.t("run.took", time=duration((run.ended_at - run.started_at).total_seconds())))


def run_pages(here: Here, number: int, page: str) -> None:
    """Links to the pages about the run."""
    with ui.element("nav").classes("km-nav km-run-pages") as made:
        for name, rest in PAGES:
            one = link(here.t(f"run.page.{name}"), f"/runs/{number}{rest}")
            if name == page:
                one.props("aria-current=page")
    made.props["aria-label"] = here.t("run.pages")
