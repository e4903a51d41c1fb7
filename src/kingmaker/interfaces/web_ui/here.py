"""Where a page is shown: for whom, in which language, and with what they may say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, ParamSpec, TypeVar, cast
from urllib.parse import quote

from fastapi import Request
from nicegui import app, run

from kingmaker.control.office.office import Office
from kingmaker.domain.access import Principal, Right
from kingmaker.domain.errors import NotLoggedIn
from kingmaker.interfaces.control_centre.asking import Doorkeeper
from kingmaker.interfaces.control_centre.doorkeeping import FrontDoor
from kingmaker.interfaces.web_ui.texts.catalogue import Texts, texts_in
from kingmaker.ports.house import House

LANGUAGE_COOKIE: Final = "kingmaker_language"

Said = ParamSpec("Said")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Here:
    """`t` finds texts in the viewer's language. One a page view; its buttons and timers use it as long as the page is open."""

    request: Request
    who: Principal
    t: Texts

    @property
    def house(self) -> House:
        return cast("House", app.state.house)

    def may(self, right: Right, pipeline: str | None = None) -> bool:
        """Whether to offer something; whether it is done, the office decides."""
        return self.who.may(right, pipeline)

    async def ask(self, verb: Callable[[Office], Answer]) -> Answer:
        """What the office answers to `verb`, in a thread. Whoever asks is looked at again: a session may be over by now.

        Raises NotLoggedIn then, and whatever the office raises.
        """
        return cast("Answer", await run.io_bound(self._said, verb))  # it is None only where the server is ending

    async def is_over(self) -> bool:
        """Whether the session that opened the page is over; to ask makes it last no longer."""
        doorkeeper: FrontDoor = cast("Any", app.state).doorkeeper
        return bool(await run.io_bound(doorkeeper.is_over, self.request))

    def _said(self, verb: Callable[[Office], Answer]) -> Answer:
        return verb(Office(self.house, _principal(self.request)))


def way_in(request: Request) -> str:
    """The log-in that leads back to where the request wanted to go."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/login?to={quote(request.url.path + query, safe='')}"


def here_of(request: Request) -> Here | None:
    """None for a browser in which nobody is logged in."""
    try:
        who = _principal(request)
    except NotLoggedIn:
        return None
    return Here(request=request, who=who, t=texts_in(language_of(request)))


def language_of(request: Request) -> str:
    """As chosen here, else as the browser prefers."""
    chosen = request.cookies.get(LANGUAGE_COOKIE) or request.headers.get("Accept-Language", "")
    return "zh" if chosen.strip().lower().startswith("zh") else "en"


def _principal(request: Request) -> Principal:
    doorkeeper: Doorkeeper = cast("Any", app.state).doorkeeper
    return doorkeeper.principal(request)
