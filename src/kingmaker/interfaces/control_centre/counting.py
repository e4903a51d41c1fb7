"""Counts what every route answers, by its path as declared: a run's number or a pipeline's name is no label."""

from time import perf_counter
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kingmaker.interfaces.endpoint.tally import Tally

NOWHERE: Final = "none"


class Counting:
    """ASGI middleware, the outermost: what other middleware refuses is counted too."""

    def __init__(self, app: ASGIApp, tallies: dict[str, Tally]) -> None:
        self._app = app
        self._tallies = tallies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, told)
        finally:
            route = getattr(scope.get("route"), "path", NOWHERE)
            label = f"{scope['method']} {route}" if route != NOWHERE else NOWHERE
            tally = self._tallies.setdefault(label, Tally(label))
            tally.count(status, perf_counter() - began)
