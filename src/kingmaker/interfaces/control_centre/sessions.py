"""The session's cookie: no script reads it, no other site sends it, and under TLS no line without it carries it."""

from typing import Final

from fastapi import Request, Response

from kingmaker.control.access.logins import Begun

_PLAIN: Final = "kingmaker"
_SECURE: Final = "__Host-kingmaker"
"""With this beginning a browser takes the cookie from this very host over TLS alone, so that no neighbour plants one."""


_LEAVING: Final = "-leaving"
_LEAVING_SECONDS: Final = 600


def session_in(request: Request) -> str | None:
    """The session's secret, as the browser sent it."""
    return request.cookies.get(_name(request)) or None


def give_session(request: Request, response: Response, begun: Begun) -> None:
    """Until the browser closes; the ledger ends it earlier."""
    response.set_cookie(
        _name(request), begun.secret, path="/", httponly=True, samesite="strict", secure=_is_secure(request)
    )


def take_session(request: Request, response: Response) -> None:
    response.delete_cookie(_name(request), path="/", httponly=True, samesite="strict", secure=_is_secure(request))


def give_leaving(request: Request, response: Response, kept: str) -> None:
    """What the company's log-in must answer; it comes back from another site, which a strict cookie would not survive."""
    response.set_cookie(
        _name(request) + _LEAVING,
        kept,
        max_age=_LEAVING_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_secure(request),
    )


def left_with(request: Request) -> str | None:
    return request.cookies.get(_name(request) + _LEAVING) or None


def forget_leaving(request: Request, response: Response) -> None:
    name = _name(request) + _LEAVING
    response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=_is_secure(request))


def _name(request: Request) -> str:
    return _SECURE if _is_secure(request) else _PLAIN


def _is_secure(request: Request) -> bool:
    """Behind a proxy that the server was told to trust, whether that one was asked over TLS."""
    return request.url.scheme == "https"
