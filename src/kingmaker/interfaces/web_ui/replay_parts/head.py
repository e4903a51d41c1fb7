"""What stands above a replay: what was asked for, how it stands, and what can be taken away when it is finished."""

from nicegui import ui

from kingmaker.domain.replay import ReplayRequest, ReplayState
from kingmaker.interfaces.report.wording import duration
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import Then
from kingmaker.interfaces.web_ui.parts.elements import element, heading, link, moment, paragraph, text
from kingmaker.interfaces.web_ui.replay_parts.marks import cancelling, dates_told, replay_mark, span_told


def replay_head(here: Here, one: ReplayRequest, then: Then) -> None:
    with ui.element("div").classes("km-row km-run-title"):
        heading(here.t("replay.heading", number=one.number, pipeline=one.order.pipeline), 1)
        cancelling(here, one, then)
    _told(here, one)
    _asked(here, one)
    if one.state in {ReplayState.FAILED, ReplayState.CANCELLED}:
        _ended(here, one)


def _told(here: Here, one: ReplayRequest) -> None:
    t = here.t
    with ui.element("div").classes("km-row km-run-told"):
        replay_mark(here, one)
        with element("span"):
            text(t("replay.asked_by", who=one.requested_by) + " ")
            moment(one.asked_at)
        if one.started_at is not None and one.ended_at is not None:
            text(t("run.took", time=duration((one.ended_at - one.started_at).total_seconds())))
        if one.state is ReplayState.FINISHED:
            _downloads(here, one)


def _downloads(here: Here, one: ReplayRequest) -> None:
    base, file = f"/api/v1/replays/{one.number}", f"{one.order.pipeline}-replay-{one.number}"
    link(here.t("replay.report"), f"{base}/page").props("target=_blank rel=noopener")
    link(here.t("replay.download_report"), f"{base}/page").props(f"download={file}.html")
    link(here.t("replay.download_json"), f"{base}/result").props(f"download={file}.json")


def _asked(here: Here, one: ReplayRequest) -> None:
    t, order = here.t, one.order
    with ui.element("dl").classes("km-replay-asked"):
        with _fact(t("replay.what")):
            link(order.pipeline, f"/pipelines/{order.pipeline}")
            text(" \u00b7 ")
            link(
                t("replay.declaration", number=order.declaration),
                f"/pipelines/{order.pipeline}/declaration?number={order.declaration}",
            )
        with _fact(t("replays.column.dates")):
            text(span_told(t, order))
            text(f" \u00b7 {dates_told(t, order)}")
        with _fact(t("replays.policies")):
            text(", ".join(order.policies))
        with _fact(t("replays.holds.title")):
            text(t(f"replays.holds.{order.holds}"))


def _fact(name: str) -> ui.element:
    """A pair of a list; its content is made in it."""
    with ui.element("div"):
        element("dt", name)
        return ui.element("dd")


def _ended(here: Here, one: ReplayRequest) -> None:
    with ui.element("div").classes("km-replay-ended").props("role=status"):
        paragraph(one.detail or here.t(f"replays.state.{one.state}"))
        paragraph(here.t(f"replay.next.{one.state}"), quiet=True)
