"""Asking for a replay: while it is typed, what it would be and how long it would take is told, or what is wrong with it."""

import secrets
from collections.abc import Sequence
from typing import Any, Final

from nicegui import ui

from kingmaker.control.office.office import Office
from kingmaker.control.office.replays import EVERY, POLICIES
from kingmaker.domain.errors import KingmakerError, NotLoggedIn
from kingmaker.domain.replay import Holds, ReplayOutlook
from kingmaker.interfaces.report.wording import count
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import act, labelled_input, session_over
from kingmaker.interfaces.web_ui.parts.dialogs import titled
from kingmaker.interfaces.web_ui.parts.elements import button, element, paragraph
from kingmaker.interfaces.web_ui.parts.fields import Choice, Ticks
from kingmaker.interfaces.web_ui.replay_parts.marks import about, distance_told
from kingmaker.pipeline.declaration import Promote

_DISTANCES: Final = ("2 weeks", "month", "quarter", "6 months", "year")


def asking_for_replay(here: Here, pipelines: Sequence[str], chosen: str = "") -> None:
    """A dialog. Whoever asked is led to the replay."""
    with titled(here.t("replays.ask")) as dialog, ui.element("div").classes("km-replay-asking"):
        _Asking(here, pipelines, chosen if chosen in pipelines else pipelines[0], dialog)


class _Asking:
    def __init__(self, here: Here, pipelines: Sequence[str], chosen: str, dialog: ui.dialog) -> None:
        self._here, t = here, here.t
        self._key = f"page:{secrets.token_hex(16)}"
        paragraph(t("replays.ask_told"), quiet=True)
        self._pipeline = Choice(t("replays.column.pipeline"), {one: one for one in pipelines}, chosen, self._propose)
        with ui.element("div").classes("km-replay-span"):
            self._first, self._last = (labelled_input(t(f"replays.{name}")) for name in ("first", "last"))
        for field in (self._first, self._last):
            field.props("type=month placeholder=YYYY-MM debounce=250").on_value_change(self._look)
        distances = {one: distance_told(t, one) for one in _DISTANCES}
        self._every = Choice(t("replays.every"), distances, EVERY, self._look_soon)
        policies = {one: t(f"replays.policy.{one}") for one in (*POLICIES, Promote.MANUAL.value)}
        self._policies = Ticks(t("replays.policies"), policies, frozenset(POLICIES), self._look)
        holds = {one.value: t(f"replays.holds.{one}") for one in Holds}
        self._holds = Choice(t("replays.holds.title"), holds, Holds.REFUSE.value)
        self._told = element("p").classes("km-replay-outlook").props("role=status")
        with ui.element("div").classes("km-row"):
            button(t("replays.ask_now"), self._ask, plain=False)
            button(t("act.cancel"), dialog.close)
        self._propose()

    def _propose(self) -> None:
        """Dates that the pipeline's loans can answer for."""
        ui.timer(0.01, self._proposed, once=True)

    def _look_soon(self) -> None:
        ui.timer(0.01, self._look, once=True)

    async def _proposed(self) -> None:
        found = await self._outlook({"pipeline": self._pipeline.value})
        if isinstance(found, ReplayOutlook):
            self._first.value = f"{found.order.first:%Y-%m}"
            self._last.value = f"{found.order.last:%Y-%m}"
            await self._look()
        elif found:
            self._tell(found, is_wrong=True)

    async def _look(self) -> bool:
        """Tell what would be done, unless something else was said since. Whether it could be."""
        said = self._said()
        found = self._mistake(said) or await self._outlook(said)
        is_wrong = isinstance(found, str)
        if said == self._said():
            self._tell(found if isinstance(found, str) else self._sentence(found), is_wrong=is_wrong)
        return not is_wrong

    async def _outlook(self, said: dict[str, Any]) -> ReplayOutlook | str:
        """Or why there is none; empty words once the session is over, which is told."""
        try:
            return await self._here.ask(lambda office: office.replay_outlook(**said))
        except NotLoggedIn:
            session_over(self._here)
        except KingmakerError as error:
            return error.sentence()
        return ""

    async def _ask(self) -> None:
        if not await self._look():
            return
        said, numbers = self._said(), list[int]()

        def ask(office: Office) -> None:
            numbers.append(office.ask_replay(**said, key=self._key).number)

        await act(self._here, ask, then=lambda: ui.navigate.to(f"/replays/{numbers[0]}"))

    def _said(self) -> dict[str, Any]:
        return {
            "pipeline": self._pipeline.value,
            "from_month": str(self._first.value or ""),
            "to_month": str(self._last.value or ""),
            "every": self._every.value,
            "policies": self._policies.chosen,
            "holds": Holds(self._holds.value),
        }

    def _mistake(self, said: dict[str, Any]) -> str:
        if not said["from_month"] or not said["to_month"]:
            return self._here.t("replays.no_month")
        return "" if said["policies"] else self._here.t("replays.no_policy")

    def _sentence(self, outlook: ReplayOutlook) -> str:
        t, dates = self._here.t, outlook.dates
        span = t(
            "replays.outlook",
            count=count(len(dates)), first=dates[0].isoformat(), last=dates[-1].isoformat(),
            policies=len(outlook.order.policies),
        )  # fmt: skip
        if outlook.seconds is None:
            return f"{span} {t('replays.outlook_unknown')}"
        return f"{span} {t('replays.outlook_takes', time=about(outlook.seconds))}"

    def _tell(self, told: str, *, is_wrong: bool = False) -> None:
        self._told.classes(add="wrong" if is_wrong else "", remove="" if is_wrong else "wrong")
        self._told.clear()
        with self._told:
            element("span", told)
