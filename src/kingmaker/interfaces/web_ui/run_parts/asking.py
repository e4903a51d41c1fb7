"""Asking for a run: of which pipeline, as of which day, how urgently."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from nicegui import ui

from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import act, labelled_input
from kingmaker.interfaces.web_ui.parts.dialogs import titled
from kingmaker.interfaces.web_ui.parts.elements import button, paragraph

Then = Callable[[], Awaitable[None]]


def asking(here: Here, pipelines: Sequence[str], then: Then, chosen: str = "") -> None:
    """A dialog. The office says what is wrong with a day to come, or with a pipeline that nobody declared."""
    t = here.t
    with titled(t("runs.ask")) as dialog:
        paragraph(t("runs.ask_told"), quiet=True)
        pipeline = ui.select(
            list(pipelines), label=t("runs.column.pipeline"), value=chosen if chosen in pipelines else pipelines[0]
        ).props("outlined dense stack-label options-dense")
        pipeline.classes("w-full")
        day = labelled_input(t("runs.ask_day")).props("type=date")
        priority = labelled_input(t("runs.ask_priority"), value="0").props("type=number min=-100 max=100")

        async def ask() -> None:
            as_of = date.fromisoformat(str(day.value)) if day.value else None
            urgent = min(100, max(-100, int(float(priority.value or 0))))
            if await act(here, lambda office: office.ask(str(pipeline.value), as_of=as_of, priority=urgent), then):
                ui.notify(t("runs.asked"), type="positive")
                dialog.close()

        with ui.element("div").classes("km-row"):
            button(t("runs.ask_now"), ask, plain=False)
            button(t("act.cancel"), dialog.close)
