"""Parts of a page that change by themselves while it is open."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from kingmaker.domain.errors import KingmakerError, NotLoggedIn
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.acting import session_over


def living(here: Here, seconds: float, renew: Callable[[], Awaitable[None]]) -> ui.timer:
    """`renew` is awaited so often. A refusal is passed over, for it may be gone the next time; a session's end is told."""

    async def again() -> None:
        try:
            await renew()
        except NotLoggedIn:
            timer.cancel()
            session_over(here)
        except KingmakerError:
            return

    timer = ui.timer(seconds, again, immediate=False)
    return timer
