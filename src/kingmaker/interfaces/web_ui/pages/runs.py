"""All runs, newest first, and above them the requests that wait."""

from typing import Final
from urllib.parse import urlencode

from nicegui import ui

from kingmaker.control.records import RunLine
from kingmaker.domain.access import Right
from kingmaker.domain.queue import QueuedRequest, QueueState
from kingmaker.domain.run import RunState
from kingmaker.interfaces.report.wording import ABSENT, duration
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import ask_why
from kingmaker.interfaces.web_ui.parts.elements import button, empty, heading, link, moment, paragraph
from kingmaker.interfaces.web_ui.parts.living import living
from kingmaker.interfaces.web_ui.parts.markup import anchor, marked, told_at
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, pager, table
from kingmaker.interfaces.web_ui.room import room
from kingmaker.interfaces.web_ui.run_parts.acts import act_on_run
from kingmaker.interfaces.web_ui.run_parts.asking import asking
from kingmaker.interfaces.web_ui.run_parts.choosing import choosing, select, submit
from kingmaker.interfaces.web_ui.run_parts.marks import decision_told, state_told

AT_ONCE: Final = 50
LOOK_SECONDS: Final = 3.0
MOST_WAITING: Final = 20


@room("/runs", name="runs", title="runs.title")
async def runs(here: Here, pipeline: str = "", state: str = "", before: int | None = None) -> None:
    names = await here.ask(lambda office: [one.pipeline for one in office.pipelines()])
    page = _Page(here, pipeline, RunState(state) if state in set(RunState) else None, before)
    with ui.element("div").classes("km-row km-runs-head"):
        heading(here.t("runs.title"), 1)
        allowed = [name for name in names if here.may(Right.ASK, name)]
        if allowed:
            button(here.t("runs.ask"), lambda: asking(here, allowed, page.look, pipeline), plain=False)
    page.waiting = ui.element("section").classes("km-runs")
    heading(here.t("runs.all"))
    _filter(here, names, pipeline, state)
    page.listed = ui.element("section").classes("km-runs")
    await page.look()
    page.timer = living(here, LOOK_SECONDS, page.look)
    page.timer.active = page.goes_on


class _Page:
    """What is listed, made anew when it has changed; asked for again and again only while something waits or goes on."""

    waiting: ui.element
    listed: ui.element
    timer: ui.timer | None = None
    goes_on = False

    def __init__(self, here: Here, pipeline: str, state: RunState | None, before: int | None) -> None:
        self._here, self._pipeline, self._state, self._before = here, pipeline or None, state, before
        self._shown: tuple[object, object] = (None, None)

    async def look(self) -> None:
        pipeline, state, before = self._pipeline, self._state, self._before
        queue, lines = await self._here.ask(
            lambda office: (
                office.queue(pipeline=pipeline, state=QueueState.WAITING, limit=MOST_WAITING),
                office.runs(pipeline=pipeline, state=state, limit=AT_ONCE + 1, before=before),
            )
        )
        if queue != self._shown[0]:
            self._show_waiting(queue)
        if lines != self._shown[1]:
            self._show_runs(lines)
        self._shown = queue, lines
        self.goes_on = bool(queue) or any(line.state == "under way" for line in lines)
        if self.timer is not None:
            self.timer.active = self.goes_on

    def _show_waiting(self, queue: list[QueuedRequest]) -> None:
        t = self._here.t
        self.waiting.clear()
        with self.waiting:
            heading(t("runs.queue"))
            if not queue:
                paragraph(t("runs.nothing_waits"), quiet=True)
                return
            titles = ("request", "pipeline", "as_of", "priority", "by", "since", "act")
            columns = [Column(t(f"runs.column.{name}"), is_number=name in {"request", "priority"}) for name in titles]
            table(t("runs.queue"), columns, [self._request(one) for one in reversed(queue)])

    def _request(self, one: QueuedRequest) -> list[Cell]:
        asked = one.request
        return [
            str(one.number),
            lambda: link(asked.pipeline, f"/pipelines/{asked.pipeline}"),
            asked.as_of.isoformat(),
            str(one.priority),
            asked.requested_by,
            lambda: moment(one.asked_at),
            lambda: self._withdraw(one),
        ]

    def _withdraw(self, one: QueuedRequest) -> None:
        here, number = self._here, one.number
        if not here.may(Right.ASK, one.request.pipeline):
            return
        title = here.t("runs.withdraw_of", request=number)

        def ask() -> None:
            verb = lambda office, why: office.withdraw(number, why=why)  # noqa: E731
            ask_why(here, title, here.t("runs.withdraw_told"), verb, then=self.look)

        button(here.t("runs.withdraw"), ask).props["aria-label"] = title

    def _show_runs(self, lines: list[RunLine]) -> None:
        here = self._here
        self.listed.clear()
        with self.listed:
            if not lines:
                empty(here.t("runs.none_such" if self._pipeline or self._state or self._before else "runs.none"))
                return
            titles = ("run", "pipeline", "as_of", "state", "decision", "stage", "began", "took", "by", "act")
            columns = [Column(here.t(f"runs.column.{name}"), is_number=name in {"run", "took"}) for name in titles]
            shown = lines[:AT_ONCE]
            table(here.t("runs.all"), columns, [self._row(line) for line in shown])
            older = self._address(shown[-1].run.number) if len(lines) > AT_ONCE else None
            pager(here.t, newer=self._address(None) if self._before else None, older=older)

    def _row(self, line: RunLine) -> list[Cell]:
        run, here = line.run, self._here
        seconds = (run.ended_at - run.started_at).total_seconds() if run.ended_at else None
        return [
            anchor(str(run.number), f"/runs/{run.number}"),
            run.request.pipeline,
            run.request.as_of.isoformat(),
            marked(*state_told(here, line)),
            marked(*decision_told(here, line, line.decision)) if line.decision else ABSENT,
            here.t(f"run.stage.{line.stage}"),
            told_at(run.started_at),
            duration(seconds),
            run.request.requested_by,
            (lambda: act_on_run(here, line, self.look, is_short=True))
            if here.may(Right.ASK, run.request.pipeline)
            else "",
        ]

    def _address(self, before: int | None) -> str:
        said = {"pipeline": self._pipeline, "state": self._state, "before": before}
        kept = {name: str(value) for name, value in said.items() if value is not None}
        return f"/runs?{urlencode(kept)}" if kept else "/runs"


def _filter(here: Here, names: list[str], pipeline: str, state: str) -> None:
    t = here.t
    with choosing():
        every = {"": t("runs.every"), **{name: name for name in names}}
        select(t("runs.column.pipeline"), "pipeline", every, pipeline)
        states = {"": t("runs.any"), **{one.value: t(f"runs.state.{one}") for one in RunState}}
        select(t("runs.column.state"), "state", states, state)
        submit(t("runs.show"))
