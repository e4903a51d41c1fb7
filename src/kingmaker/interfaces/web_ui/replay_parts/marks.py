"""How a replay stands: a word whose colour means something, how far it is, and the end that may be wished for."""

from typing import Final

from nicegui import ui

from kingmaker.domain.access import Right
from kingmaker.domain.replay import ReplayOrder, ReplayRequest, ReplayState
from kingmaker.interfaces.report.wording import count, duration
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import Then, ask_why
from kingmaker.interfaces.web_ui.parts.elements import button, mark
from kingmaker.interfaces.web_ui.texts.catalogue import Texts
from kingmaker.loop.replaying.replay import REPLAY

_STATES: Final = {
    ReplayState.WAITING: "open",
    ReplayState.RUNNING: "open",
    ReplayState.FINISHED: "good",
    ReplayState.FAILED: "bad",
    ReplayState.CANCELLED: "hold",
}
_EVERY: Final = frozenset({"week", "month", "quarter", "year"})


def replay_mark(here: Here, one: ReplayRequest) -> ui.element:
    """One whose end is wished for is being cancelled; one that nobody works on waits to be taken up again."""
    if not one.state.is_over() and one.cancelled_by:
        return mark(here.t("replays.state.cancelling"), "hold")
    if one.state is ReplayState.RUNNING and not one.is_held:
        return mark(here.t("replays.state.left"), "hold")
    return mark(here.t(f"replays.state.{one.state}"), _STATES[one.state])


def dates_told(t: Texts, order: ReplayOrder) -> str:
    """`5 dates, one every 6 months`."""
    return t("replays.dates", count=count(order.dates), every=distance_told(t, order.every))


def span_told(t: Texts, order: ReplayOrder) -> str:
    return t("replays.from_to", first=order.first.isoformat(), last=order.last.isoformat())


def distance_told(t: Texts, every: str) -> str:
    """`quarter`, `2 weeks`; a distance that has no word in the viewer's language as it was written."""
    known = t(f"replays.distance.{every}") if every in _EVERY else ""
    number, _, unit = every.partition(" ")
    return known or (t(f"replays.several.{unit}", count=number) if unit in {"weeks", "months"} else every)


def advance_told(t: Texts, one: ReplayRequest) -> str:
    """How far it is and how long it still takes, as far as that is known; empty before anybody worked on it."""
    known = one.progress
    if known is None:
        return ""
    told = [_stage_told(t, one), t("replays.steps", done=count(known.done), total=count(known.total))]
    if one.is_held:
        told.append(_left_told(t, known.seconds_left, is_least=known.is_least))
    return " · ".join(told)


def _stage_told(t: Texts, one: ReplayRequest) -> str:
    known = one.progress
    if known is not None and known.stage == REPLAY:
        return t("replays.dates_done", done=count(known.dates_done), total=count(one.order.dates))
    return t("replays.looking_back")


def _left_told(t: Texts, seconds: float | None, *, is_least: bool) -> str:
    if seconds is None:
        return t("replays.left_unknown")
    return t("replays.left_least" if is_least else "replays.left", time=about(seconds))


def about(seconds: float) -> str:
    """An estimate, in whole seconds or minutes: it is not known more exactly."""
    return (
        duration(max(1.0, round(seconds))).replace(".0", "") if seconds < 60 else duration(60.0 * round(seconds / 60))
    )


def cancelling(here: Here, one: ReplayRequest, then: Then, *, is_short: bool = False) -> None:
    """The button, while there is something to cancel, for those who may."""
    if one.state.is_over() or one.cancelled_by or not here.may(Right.ASK, one.order.pipeline):
        return
    title = here.t("replays.cancel_of", number=one.number)

    def ask() -> None:
        verb = lambda office, why: office.cancel_replay(one.number, why=why)  # noqa: E731
        ask_why(here, title, here.t("replays.cancel_told"), verb, then=then)

    made = button(here.t("replays.cancel"), ask)
    if is_short:
        made.props["aria-label"] = title
