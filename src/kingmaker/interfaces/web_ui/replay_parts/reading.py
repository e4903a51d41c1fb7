"""How the account of a replay is to be read: what the figures mean, and what they cannot tell."""

from typing import Final

from nicegui import ui

from kingmaker.domain.replay import ReplayRequest
from kingmaker.interfaces.report.wording import area, count, percent
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, heading
from kingmaker.interfaces.web_ui.replay_parts.compared import Compared

_POINTS: Final = ("known", "period", "weights", "hindsight", "regret", "declined")


def reading(here: Here, one: ReplayRequest, seen: Compared) -> None:
    t = here.t
    heading(t("replay.reading.heading"))
    with ui.element("ul").classes("km-replay-reading"):
        for policy in seen.result.policies:
            element("li", t(f"replays.policy.{policy.policy}") + t("replay.reading.stop"))
        rate, known = percent(seen.result.approval_rate), seen.result.known_until.isoformat()
        for point in _POINTS:
            element("li", t(f"replay.reading.{point}", rate=rate, known=known))
        if seen.noise is not None:
            bads, error = seen.noise
            element("li", t("replay.reading.noise", bads=count(bads), error=area(error)))
        element("li", t("replay.reading.runs", number=one.number))
