"""What can be done about a run, for those who may: ask for its end, or for the same once more."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from kingmaker.control.records import RunLine
from kingmaker.domain.access import Right
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import act, ask_why
from kingmaker.interfaces.web_ui.parts.elements import button

Then = Callable[[], Awaitable[None]]


def act_on_run(here: Here, line: RunLine, then: Then, *, is_short: bool = False) -> None:
    """One button: cancel for a run that goes on, retry for one that is over; none for those who may not.

    `is_short` leaves the run's number to those who cannot see the row that the button stands in.
    """
    if not here.may(Right.ASK, line.run.request.pipeline):
        return
    run = line.run.number
    if line.run.state.is_over():
        made = button(here.t("run.retry"), lambda: _retry(here, run, then))
        name = here.t("run.retry_of", run=run)
    elif line.cancellation is None:
        made = button(here.t("run.cancel"), lambda: _cancel(here, run, then))
        name = here.t("run.cancel_of", run=run)
    else:
        return
    if is_short:
        made.props["aria-label"] = name


def _cancel(here: Here, run: int, then: Then) -> None:
    ask_why(
        here,
        here.t("run.cancel_of", run=run),
        here.t("run.cancel_told"),
        lambda office, why: office.cancel(run, why=why),
        then=then,
    )


async def _retry(here: Here, run: int, then: Then) -> None:
    if await act(here, lambda office: office.retry(run), then):
        ui.notify(here.t("run.asked_again"), type="positive")
