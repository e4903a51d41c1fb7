"""Bodies that are read into memory: refused beyond a limit, before they are there.

Files, which go onto the disk as they arrive, are counted by the routes that take them (see `uploads`).
"""

import re
from contextlib import suppress
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kingmaker.interfaces.control_centre.problems import problem
from kingmaker.interfaces.control_centre.uploads import TooLarge

_ONTO_DISK: Final = re.compile(
    r"/api/v1/pipelines/[^/]+/outcomes|/inbox/[^/]+/[^/]+/[^/]+|/endpoints/[^/]+/[^/]+\.json", re.ASCII
)


class BodyLimit:
    """ASGI middleware: what is announced too large is never asked for, what turns out too large is read no further."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _ONTO_DISK.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
        elif _announced(scope) > self._most:
            await self._refuse(scope, receive, send)
        else:
            await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        arrived, begun = 0, False

        async def counting() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > self._most:
                raise _Overflow
            return message

        async def sending(message: Message) -> None:
            """Whatever a route makes of the broken body, the answer is ours."""
            nonlocal begun
            if arrived <= self._most or begun:
                begun = True
                await send(message)

        with suppress(_Overflow):
            await self._app(scope, counting, sending)
        if arrived > self._most and not begun:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The connection ends with the answer: what is still on its way is not waited for."""
        error = TooLarge(f"a request has {self._most:,} bytes at most", remedy="Send less.")
        response = problem(error)
        response.headers["Connection"] = "close"
        await response(scope, receive, send)


class _Overflow(Exception):
    """Through whatever reads the body."""


def _announced(scope: Scope) -> int:
    """What the sender says; a length that is no number is the server's to refuse."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0
