"""One run: its stages as they happen, what it tells, and what became of it."""

from nicegui import ui

from kingmaker.control.office.office import Office
from kingmaker.control.records import RunLine
from kingmaker.domain.run import StageRecord
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import heading
from kingmaker.interfaces.web_ui.room import room
from kingmaker.interfaces.web_ui.run_parts.acts import act_on_run
from kingmaker.interfaces.web_ui.run_parts.head import run_pages, told_of
from kingmaker.interfaces.web_ui.run_parts.live import Live
from kingmaker.interfaces.web_ui.run_parts.stages import downloads, outcome, stage_list

Standing = tuple[RunLine, list[StageRecord], str]
"""How the run stands, the stages that finished, and its verdict's sentence, empty without one."""


@room("/runs/{number}", name="runs", title="run.title")
async def run(here: Here, number: int) -> None:
    standing = await here.ask(lambda office: _standing(office, number))
    above = ui.element("div")
    run_pages(here, number, "progress")
    page = _Page(here, number, above, ui.element("div"))
    page.show(standing)
    heading(here.t("run.log"))
    line = standing[0]
    await Live(here, number, is_under_way=not line.run.state.is_over(), stands=page.look).begin()
    downloads(here, line)


class _Page:
    """The parts that change when the run stands otherwise. They are made anew only then."""

    def __init__(self, here: Here, number: int, above: ui.element, below: ui.element) -> None:
        self._here, self._number = here, number
        self._above, self._below = above, below
        self._shown: Standing | None = None

    async def look(self) -> None:
        self.show(await self._here.ask(lambda office: _standing(office, self._number)))

    def show(self, standing: Standing) -> None:
        if standing == self._shown:
            return
        self._shown = standing
        line, stages, sentence = standing
        self._above.clear()
        with self._above:
            with ui.element("div").classes("km-row km-run-title"):
                heading(self._here.t("run.heading", run=self._number), 1)
                act_on_run(self._here, line, self.look)
            told_of(self._here, line)
        self._below.clear()
        with self._below:
            outcome(self._here, line, sentence)
            stage_list(self._here, line, stages)


def _standing(office: Office, number: int) -> Standing:
    line = office.run(number)
    recorded = office.verdict(number) if line.decision is not None else None
    return line, office.stages(number), recorded.verdict.sentence if recorded else ""
