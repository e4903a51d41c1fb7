"""A token in an address is refused: addresses end in logs, histories and referrers. And it is taken out of this one."""

from typing import Final
from urllib.parse import unquote_plus

from starlette.types import ASGIApp, Receive, Scope, Send

from kingmaker.control.access.bearing import redacted
from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.control_centre.problems import problem

_NAMES: Final = ("token=", "access_token=", "id_token=", "password=", "authorization=")


class SecretInAddress(KingmakerError):
    """A secret stood where everybody reads it."""

    code = "secret_in_address"


class NoSecretsInAddresses:
    """ASGI middleware, outermost: what comes after it, logs too, sees the address without the secret."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _tells_a_secret(scope):
            scope["query_string"] = b""
            scope["path"] = redacted(scope["path"])
            scope["raw_path"] = scope["path"].encode("utf-8", "replace")
            error = SecretInAddress(
                "a secret stands in the address",
                remedy="Send it in the header Authorization: Bearer. Revoke it, since others may have read it.",
            )
            await problem(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _tells_a_secret(scope: Scope) -> bool:
    query = unquote_plus(scope["query_string"].decode("latin-1"))
    if any(query.casefold().startswith(name) or f"&{name}" in query.casefold() for name in _NAMES):
        return True
    return redacted(query) != query or redacted(scope["path"]) != scope["path"]
