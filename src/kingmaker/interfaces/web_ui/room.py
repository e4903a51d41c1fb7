"""How a page is made: who may see it, the frame around it, and what is shown when it cannot be."""

import logging
from collections.abc import Awaitable, Callable
from inspect import Parameter, signature
from typing import Any, Final

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from kingmaker.domain.errors import KingmakerError, NotLoggedIn
from kingmaker.interfaces.control_centre.problems import STATUSES
from kingmaker.interfaces.web_ui.frame import frame
from kingmaker.interfaces.web_ui.here import Here, here_of, way_in
from kingmaker.interfaces.web_ui.parts.elements import heading, link, paragraph

_LOG = logging.getLogger(__name__)
RESPONSE_SECONDS: Final = 30.0

Build = Callable[..., Awaitable[Response | None]]


def room(path: str, *, name: str, title: str) -> Callable[[Build], Build]:
    """Makes an async function a page: its first parameter is `Here`, the others come from path and query.

    `name` is the room in the navigation, `title` a text of the catalogue. Whoever is not logged in is sent to do so; what the
    office refuses is shown with its remedy, under its status. A response that it returns takes the page's place.
    """

    def made(build: Build) -> Build:
        async def shown(request: Request, **said: Any) -> Response | None:
            here = here_of(request)
            if here is None:
                return RedirectResponse(way_in(request), 303)
            with frame(here, here.t(title), name):
                return await _built(here, build, said)

        own = list(signature(build).parameters.values())[1:]
        request = Parameter("request", Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
        shown.__signature__ = signature(shown).replace(parameters=[request, *own])  # type: ignore[attr-defined]
        ui.page(path, response_timeout=RESPONSE_SECONDS)(shown)
        return build

    return made


async def _built(here: Here, build: Build, said: dict[str, Any]) -> Response | None:
    try:
        return await build(here, **said)
    except NotLoggedIn:
        ui.navigate.to(way_in(here.request))
    except KingmakerError as error:
        ui.status_code(int(STATUSES.get(error.code, 400)))
        _refused(here, error.what, error.remedy)
    except Exception:  # noqa: BLE001 - a page says so, and the log says what
        _LOG.exception("page %s failed", here.request.url.path)
        ui.status_code(500)
        _refused(here, here.t("error.unforeseen"), "")
    return None


def _refused(here: Here, what: str, remedy: str) -> None:
    heading(here.t("error.title"), 1)
    paragraph(what[:1].upper() + what[1:] + ("" if what.endswith(".") else "."))
    if remedy:
        paragraph(remedy, quiet=True)
    link(here.t("error.back"), "/")
