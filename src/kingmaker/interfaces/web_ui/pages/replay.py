"""One replay: followed while it goes on, and then what each policy would have done, one beside the other."""

from typing import Annotated, Final

from fastapi import Path
from nicegui import ui

from kingmaker.domain.replay import ReplayRequest, ReplayState
from kingmaker.interfaces.control_centre.parameters import LARGEST
from kingmaker.interfaces.report.wording import count, percent
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.palette import style_of_replays
from kingmaker.interfaces.web_ui.parts.elements import element, paragraph
from kingmaker.interfaces.web_ui.parts.living import living
from kingmaker.interfaces.web_ui.replay_parts.compared import Compared, compared
from kingmaker.interfaces.web_ui.replay_parts.head import replay_head
from kingmaker.interfaces.web_ui.replay_parts.hindsight import promotions, standstills
from kingmaker.interfaces.web_ui.replay_parts.live import Advance
from kingmaker.interfaces.web_ui.replay_parts.pictures import champions, periods
from kingmaker.interfaces.web_ui.replay_parts.policies import policies
from kingmaker.interfaces.web_ui.replay_parts.reading import reading
from kingmaker.interfaces.web_ui.room import room

LOOK_SECONDS: Final = 1.0
Number = Annotated[int, Path(ge=1, le=LARGEST)]


@room("/replays/{number}", name="replays", title="replay.title")
async def replay(here: Here, number: Number) -> None:
    found = await here.ask(lambda office: office.replay(number))
    ui.add_css(style_of_replays())
    page = _Page(here, number)
    await page.show(found)
    if not found.state.is_over():
        page.timer = living(here, LOOK_SECONDS, page.look)


class _Page:
    """The parts that change when the replay stands otherwise. What it came to is shown once it is finished."""

    timer: ui.timer | None = None

    def __init__(self, here: Here, number: int) -> None:
        self._here, self._number = here, number
        self._above = ui.element("div")
        self._advance = Advance(here)
        self._below = ui.element("div").props("id=account")
        self._shown: ReplayRequest | None = None

    async def look(self) -> None:
        await self.show(await self._here.ask(lambda office: office.replay(self._number)))

    async def show(self, found: ReplayRequest) -> None:
        before, self._shown = self._shown, found
        self._advance.show(found)
        if _standing(found) == _standing(before):
            return
        self._above.clear()
        with self._above:
            replay_head(self._here, found, self.look)
        if found.state.is_over() and self.timer is not None:
            self.timer.cancel()
        if found.state is ReplayState.FINISHED:
            seen = await self._here.ask(lambda office: compared(office, self._number))
            self._below.clear()
            with self._below:
                _account(self._here, found, seen)


def _standing(one: ReplayRequest | None) -> object:
    """All that the head tells of: not how far it is."""
    return None if one is None else (one.state, one.is_held, one.cancelled_by)


def _account(here: Here, one: ReplayRequest, seen: Compared) -> None:
    _outcome(here, seen)
    policies(here, seen)
    champions(here, seen)
    periods(here, seen)
    promotions(here, seen)
    standstills(here, seen)
    reading(here, one, seen)


def _outcome(here: Here, seen: Compared) -> None:
    t, result, judged = here.t, seen.result, seen.judged
    element("p", seen.headline.sentence).classes("km-replay-headline").props("lang=en")
    element("p", seen.headline.hindsight).props("lang=en")
    known = result.known_until.isoformat()
    if not judged.periods:
        paragraph(t("replay.not_judged", known=known), quiet=True)
        return
    rows, bads, rate = count(judged.rows), count(judged.bads), percent(result.approval_rate)
    told = [t("replay.judged_on", rows=rows, bads=bads, known=known, rate=rate)]
    if judged.left_out:
        told.append(t("replay.left_out", count=count(judged.left_out), all=count(len(result.periods))))
    told.append(t("replay.seed", seed=result.seed))
    paragraph(" ".join(told), quiet=True)
