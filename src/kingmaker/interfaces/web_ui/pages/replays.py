"""Replays that were asked for, newest first, and a way to ask for one."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Query
from nicegui import ui

from kingmaker.domain.access import Right
from kingmaker.domain.replay import ReplayRequest, ReplayState
from kingmaker.interfaces.control_centre.parameters import LARGEST
from kingmaker.interfaces.report.wording import count, duration
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import button, element, empty, heading, link, moment, paragraph
from kingmaker.interfaces.web_ui.parts.living import living
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, pager, table
from kingmaker.interfaces.web_ui.replay_parts.asking import asking_for_replay
from kingmaker.interfaces.web_ui.replay_parts.marks import cancelling, dates_told, replay_mark, span_told
from kingmaker.interfaces.web_ui.room import room
from kingmaker.interfaces.web_ui.run_parts.choosing import choosing, select

AT_ONCE: Final = 50
LOOK_SECONDS: Final = 3.0
Before = Annotated[int | None, Query(ge=1, le=LARGEST)]
_TITLES: Final = ("replay", "pipeline", "dates", "policies", "state", "by", "asked", "took", "act")


@room("/replays", name="replays", title="replays.title")
async def replays(here: Here, pipeline: str = "", before: Before = None) -> None:
    lines = await here.ask(lambda office: office.pipelines())
    allowed = [one.pipeline for one in lines if one.declaration is not None and here.may(Right.ASK, one.pipeline)]
    with ui.element("div").classes("km-row km-runs-head"):
        heading(here.t("replays.title"), 1)
        if allowed:
            button(here.t("replays.ask"), lambda: asking_for_replay(here, allowed, pipeline), plain=False)
    paragraph(here.t("replays.told"), quiet=True)
    if len(lines) > 1:
        with choosing():
            every = {"": here.t("runs.every"), **{one.pipeline: one.pipeline for one in lines}}
            select(here.t("replays.column.pipeline"), "pipeline", every, pipeline, at_once=True)
    page = _Page(here, pipeline, before, may_ask=bool(allowed))
    await page.look()
    page.timer = living(here, LOOK_SECONDS, page.look)
    page.timer.active = page.goes_on


class _Page:
    """What is listed, made anew when it has changed; asked for again and again only while one of them goes on."""

    timer: ui.timer | None = None
    goes_on = False

    def __init__(self, here: Here, pipeline: str, before: int | None, *, may_ask: bool) -> None:
        self._here, self._pipeline, self._before, self._may_ask = here, pipeline or None, before, may_ask
        self._place = ui.element("section").classes("km-runs km-replay-list")
        self._shown: list[ReplayRequest] | None = None

    async def look(self) -> None:
        pipeline, before = self._pipeline, self._before
        found = await self._here.ask(lambda office: office.replays(pipeline=pipeline, limit=AT_ONCE + 1, before=before))
        if found != self._shown:
            self._show(found)
        self._shown = found
        self.goes_on = any(not one.state.is_over() for one in found)
        if self.timer is not None:
            self.timer.active = self.goes_on

    def _show(self, found: list[ReplayRequest]) -> None:
        t = self._here.t
        self._place.clear()
        with self._place:
            if not found:
                empty(t("replays.none") if self._may_ask else t("replays.none_yet"))
                return
            columns = [Column(t(f"replays.column.{name}"), is_number=name in {"replay", "took"}) for name in _TITLES]
            shown = found[:AT_ONCE]
            table(t("replays.title"), columns, [self._row(one) for one in shown], stacks=True)
            older = self._address(shown[-1].number) if len(found) > AT_ONCE else None
            pager(t, newer=self._address(None) if self._before else None, older=older)

    def _row(self, one: ReplayRequest) -> list[Cell]:
        order, here = one.order, self._here
        is_done = one.started_at is not None and one.ended_at is not None
        seconds = (one.ended_at - one.started_at).total_seconds() if one.ended_at and one.started_at else None
        return [
            lambda: link(str(one.number), f"/replays/{one.number}"),
            lambda: link(order.pipeline, f"/pipelines/{order.pipeline}"),
            lambda: self._dates(one),
            ", ".join(order.policies),
            lambda: self._state(one),
            one.requested_by,
            lambda: moment(one.asked_at),
            duration(seconds) if is_done else "",
            lambda: cancelling(here, one, self.look, is_short=True),
        ]

    def _dates(self, one: ReplayRequest) -> None:
        t = self._here.t
        element("div", span_told(t, one.order))
        element("div", dates_told(t, one.order)).classes("km-quiet")

    def _state(self, one: ReplayRequest) -> None:
        replay_mark(self._here, one)
        if one.state is ReplayState.RUNNING and one.progress is not None:
            done, total = count(one.progress.dates_done), count(one.order.dates)
            element("div", self._here.t("replays.dates_done", done=done, total=total)).classes("km-quiet")

    def _address(self, before: int | None) -> str:
        said = {"pipeline": self._pipeline, "before": before}
        kept = {name: str(value) for name, value in said.items() if value is not None}
        return f"/replays?{urlencode(kept)}" if kept else "/replays"
