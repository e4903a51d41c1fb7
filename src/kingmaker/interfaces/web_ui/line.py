"""The line that an open page has to the server: nobody without a session of this site holds one."""

from typing import Final

from fastapi import Request
from nicegui import Client
from starlette.types import ASGIApp, Receive, Scope, Send

from kingmaker.domain.errors import Forbidden, KingmakerError
from kingmaker.interfaces.control_centre.asking import Doorkeeper
from kingmaker.interfaces.control_centre.problems import problem
from kingmaker.interfaces.control_centre.sessions import session_in

PATH: Final = "/_nicegui_ws/"
_REFUSED: Final = 1008
"""Policy violation (RFC 6455, 7.4.1)."""


class OnlyLoggedIn:
    """ASGI middleware. A line is for the page of the same session, asked for by this very site; others are not answered."""

    def __init__(self, app: ASGIApp, doorkeeper: Doorkeeper) -> None:
        self._app = app
        self._doorkeeper = doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"} or not scope["path"].startswith(PATH):
            await self._app(scope, receive, send)
            return
        try:
            self._refuse(_as_request(scope))
        except KingmakerError as error:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": _REFUSED, "reason": error.what})
                return
            await problem(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refuse(self, request: Request) -> None:
        self._doorkeeper.principal(request)
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"{request.url.scheme}://{request.url.netloc}":
            raise Forbidden("the line is asked for by another site", remedy="Open the page here.")
        page = Client.instances.get(request.query_params.get("client_id", ""))
        if page is not None and session_in(page.request) != session_in(request):
            raise Forbidden("the page is somebody else's", remedy="Open the page anew.")


def _as_request(scope: Scope) -> Request:
    """A request that opens a WebSocket is a GET like any other, and is recognised as one."""
    if scope["type"] == "http":
        return Request(scope)
    scheme = "https" if scope["scheme"] == "wss" else "http"
    return Request({**scope, "type": "http", "method": "GET", "scheme": scheme})
