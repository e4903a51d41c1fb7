"""A run while it is under way: how far it is and what it tells, followed for as long as somebody looks and it goes on."""

from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from nicegui import ui

from kingmaker.domain.errors import KingmakerError, NotLoggedIn
from kingmaker.domain.queue import RunEvent
from kingmaker.domain.run import RunReason
from kingmaker.interfaces.report.wording import count, duration
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import refuse
from kingmaker.interfaces.web_ui.parts.elements import moment, text
from kingmaker.interfaces.web_ui.run_parts.estimate import Advance

LOOK_SECONDS: Final = 0.7
AGAIN_AFTER: Final = 6
"""Looks after which a run that told nothing is asked how it stands: somebody may have cancelled it, or nobody work on it."""
MOST_LINES: Final = 200

Stands = Callable[[], Awaitable[None]]


class Live:
    """Shows where it is made. `stands` is called when the run may stand otherwise than it did."""

    def __init__(self, here: Here, run: int, *, is_under_way: bool, stands: Stands) -> None:
        self._here, self._run, self._stands = here, run, stands
        self._after, self._quiet_looks = 0, 0
        self._advance: Advance | None = None
        self._lines: deque[ui.element] = deque()
        self._timer: ui.timer | None = None
        self._goes_on = is_under_way
        with ui.element("div").classes("km-run-advance") as self._ahead:
            self._told = ui.element("p").props("id=advance")
            self._bar = ui.element("progress").props("aria-labelledby=advance max=1")
        self._ahead.set_visibility(False)
        with ui.element("div").classes("km-run-log") as log:
            log.props("role=log tabindex=0")
            log.props["aria-label"] = here.t("run.log")
            self._log = ui.element("div")

    async def begin(self) -> None:
        """Tell what was told so far, and follow what is told next unless the run is over."""
        self._tell(await self._here.ask(lambda office: office.events(self._run, limit=MOST_LINES, newest=True)))
        if self._goes_on:
            self._timer = ui.timer(LOOK_SECONDS, self._look)

    async def _look(self) -> None:
        try:
            events = await self._here.ask(lambda office: office.events(self._run, after=self._after))
            self._tell(events)
            self._quiet_looks = 0 if events else self._quiet_looks + 1
            stage_began = any(event.kind in {"stage", "ended"} for event in events)
            if stage_began or self._quiet_looks % AGAIN_AFTER == AGAIN_AFTER - 1:
                await self._stands()
        except NotLoggedIn:
            self.end()
            ui.navigate.to("/login")
        except KingmakerError as error:
            self.end()
            refuse(error)

    def end(self) -> None:
        """Nothing more is asked."""
        self._goes_on = False
        self._ahead.set_visibility(False)
        if self._timer is not None:
            self._timer.cancel()

    def _tell(self, events: list[RunEvent]) -> None:
        for event in events:
            self._after = event.number
            if event.kind == "advance":
                self._advance = self._advance.after(event) if self._advance else Advance(event, event)
            else:
                self._line(event)
            if event.kind == "stage":
                self._advance = None
            if event.kind == "ended":
                self.end()
        if events and self._goes_on:
            self._show(events[-1])

    def _line(self, event: RunEvent) -> None:
        with self._log, ui.element("div").classes(event.kind) as line:
            moment(event.at).props("data-clock")
            if event.stage:
                text(self._here.t(f"run.stage.{event.stage}")).classes("km-run-of")
            said = self._here.t(f"run.reason.{RunReason(event.text)}") if event.kind == "ended" else event.text
            text(said)
        self._lines.append(line)
        if len(self._lines) > MOST_LINES:
            self._lines.popleft().delete()

    def _show(self, event: RunEvent) -> None:
        """The bar: of a stage that says how far it is as far as it is, of another one busy."""
        self._ahead.set_visibility(True)
        self._told.clear()
        with self._told:
            text(self._said(event))
        if self._advance is None or not self._advance.newest.total:
            self._bar.props(remove="value")
        else:
            self._bar.props(f"value={self._advance.newest.done} max={self._advance.newest.total}")

    def _said(self, event: RunEvent) -> str:
        t, stage = self._here.t, self._here.t(f"run.stage.{event.stage}") if event.stage else ""
        if self._advance is None:
            return stage
        newest = self._advance.newest
        said = [stage, t("run.done_of", done=count(newest.done), total=count(newest.total)), newest.text]
        left = self._advance.remaining(datetime.now(UTC))
        if left is not None:
            said.append(t("run.left", time=duration(left.total_seconds())))
        return " · ".join(one for one in said if one)
