"""A replay that is not over: how far it is, and how long it will still take."""

from nicegui import ui

from kingmaker.domain.replay import ReplayRequest, ReplayState
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, text
from kingmaker.interfaces.web_ui.replay_parts.marks import advance_told


class Advance:
    """A bar and a sentence where it is made; `show` changes them in place, so that a reader's place is not lost."""

    def __init__(self, here: Here) -> None:
        self._here = here
        with ui.element("section").classes("km-replay-advance") as self._place:
            self._said = element("p").props("id=advance aria-live=polite")
            self._bar = ui.element("progress").props("aria-labelledby=advance max=1")
            self._beside = element("p").classes("km-quiet")

    def show(self, one: ReplayRequest) -> None:
        """Nothing of one that is over."""
        t, known = self._here.t, one.progress
        self._place.set_visibility(not one.state.is_over())
        if one.state.is_over():
            return
        for place, told in (
            (self._said, advance_told(t, one) or t(f"replays.state.{one.state}")),
            (self._beside, _beside(self._here, one)),
        ):
            place.clear()
            with place:
                text(told)
        if known is None or not known.total:
            self._bar.props(remove="value")
        else:
            self._bar.props(f"value={known.done} max={known.total}")


def _beside(here: Here, one: ReplayRequest) -> str:
    t = here.t
    if one.cancelled_by:
        return t("replay.stops", by=one.cancelled_by)
    if one.state is ReplayState.WAITING:
        return t("replay.waits")
    return t("replay.goes_on") if one.is_held else t("replay.left_alone")
