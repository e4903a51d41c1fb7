"""Pages that are shown instead: of an address where there is none, and when one failed before its frame stood."""

import logging
from html import escape
from importlib.resources import files
from typing import Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from nicegui import App, Client
from nicegui.page import page

from kingmaker.domain.errors import KingmakerError, NotFound
from kingmaker.interfaces.control_centre.problems import STATUSES, malformed, problem
from kingmaker.interfaces.web_ui.frame import frame
from kingmaker.interfaces.web_ui.here import here_of, language_of, way_in
from kingmaker.interfaces.web_ui.palette import palette
from kingmaker.interfaces.web_ui.parts.elements import element, heading, link, paragraph
from kingmaker.interfaces.web_ui.texts.catalogue import texts_in

_LOG = logging.getLogger(__name__)
_PLAIN: Final = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Kingmaker</title><style>{style}</style></head>
<body><main class="km-main"><h1>{title}</h1><p>{told}</p></main></body></html>
"""
_FOR_PROGRAMS: Final = ("/api/", "/v1/", "/_nicegui")


def add_missing_pages(pages: App) -> None:
    """Instead of NiceGUI's own, which know neither the frame nor the language."""

    @pages.exception_handler(404)
    def _missing(request: Request, _error: Exception) -> Response:
        if not _is_of_a_browser(request):
            return problem(NotFound("there is no such path", remedy="/docs lists them."))
        return _shown(request, "missing", 404)

    @pages.exception_handler(RequestValidationError)
    def _mistyped(request: Request, error: RequestValidationError) -> Response:
        if not _is_of_a_browser(request):
            return malformed(error)
        return _shown(request, "missing", 404)

    @pages.exception_handler(KingmakerError)
    def _refused(request: Request, error: KingmakerError) -> Response:
        return _plain(request, error) if _is_of_a_browser(request) else problem(error)

    @pages.exception_handler(Exception)
    def _failed(request: Request, error: Exception) -> Response:
        _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
        if not _is_of_a_browser(request):
            return problem(
                KingmakerError("something unexpected happened", remedy="The server's log says what."), status=500
            )
        return _shown(request, "failed", 500)


def _is_of_a_browser(request: Request) -> bool:
    is_page = not request.url.path.startswith(_FOR_PROGRAMS) and request.method in {"GET", "HEAD"}
    return is_page and "text/html" in request.headers.get("Accept", "")


def _shown(request: Request, what: str, status: int) -> Response:
    """Whoever is not logged in learns nothing of which pages there are."""
    here = here_of(request)
    if here is None:
        return RedirectResponse(way_in(request), 303)
    with Client(page(""), request=request) as client:
        with frame(here, here.t(f"instead.{what}.title"), ""):
            heading(here.t(f"instead.{what}.title"), 1)
            paragraph(here.t(f"instead.{what}.told"))
            with element("p"):
                link(here.t("error.back"), "/")
        return client.build_response(request, status)


def _plain(request: Request, refused: KingmakerError) -> Response:
    """Where it is not even known who asks, such as without the ledger: no frame, and nothing that would ask it again."""
    t = texts_in(language_of(request))
    style = palette(dark=None) + (files(__package__) / "style.css").read_text(encoding="utf-8")
    title, told = escape(t("instead.failed.title")), escape(refused.sentence())
    return HTMLResponse(
        _PLAIN.format(language=t.language, title=title, told=told, style=style), int(STATUSES.get(refused.code, 400))
    )
