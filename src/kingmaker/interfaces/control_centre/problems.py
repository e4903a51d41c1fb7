"""Every refusal as problem+json (RFC 9457), with a stable code and the remedy."""

import logging
from http import HTTPStatus
from typing import Final

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from kingmaker.domain.errors import KingmakerError, TooMany

PROBLEM: Final = "application/problem+json"
_LOG = logging.getLogger(__name__)

STATUSES: Final = {
    "not_logged_in": HTTPStatus.UNAUTHORIZED,
    "forbidden": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "run_refused": HTTPStatus.CONFLICT,
    "conflict": HTTPStatus.CONFLICT,
    "champion_moved": HTTPStatus.CONFLICT,
    "champion_frozen": HTTPStatus.CONFLICT,
    "lease_lost": HTTPStatus.CONFLICT,
    "companion_refused": HTTPStatus.CONFLICT,
    "bundle_refused": HTTPStatus.CONFLICT,
    "declaration_invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "storage_failed": HTTPStatus.SERVICE_UNAVAILABLE,
    "storage_unreachable": HTTPStatus.SERVICE_UNAVAILABLE,
    "tamper_found": HTTPStatus.INTERNAL_SERVER_ERROR,
    "unexpected": HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""By the error's code; every other error of ours is a 400."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every answer from 400 on. `code` is stable; `where` and `remedy` may be empty."""

    title: str
    status: int
    code: str
    detail: str
    where: str = ""
    remedy: str = ""


def problem(error: KingmakerError, *, status: int | None = None) -> Response:
    told = HTTPStatus(status or STATUSES.get(error.code, HTTPStatus.BAD_REQUEST))
    body = Problem(
        title=told.phrase,
        status=told.value,
        code=error.code,
        detail=error.what,
        where=error.where,
        remedy=error.remedy,
    )
    headers = {"WWW-Authenticate": "Bearer"} if told is HTTPStatus.UNAUTHORIZED else {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    return Response(msgspec.json.encode(body), told.value, headers=headers, media_type=PROBLEM)


def malformed(error: RequestValidationError) -> Response:
    """What is wrong with a request, and where in it."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return problem(_Malformed(str(first["msg"]), where=where), status=HTTPStatus.UNPROCESSABLE_ENTITY)


def add_problems(app: FastAPI) -> None:
    """Whatever goes wrong in a route becomes a problem, and what nobody foresaw leaves its trace in the log alone."""

    @app.exception_handler(KingmakerError)
    def _refused(_request: Request, error: KingmakerError) -> Response:
        return problem(error)

    @app.exception_handler(RequestValidationError)
    def _malformed(_request: Request, error: RequestValidationError) -> Response:
        return malformed(error)

    @app.exception_handler(HTTPException)
    def _http(_request: Request, error: HTTPException) -> Response:
        told = _Malformed(str(error.detail)) if error.status_code != HTTPStatus.NOT_FOUND else _NoSuchPath()
        return problem(told, status=error.status_code)

    @app.exception_handler(Exception)
    def _unforeseen(request: Request, error: Exception) -> Response:
        _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return problem(_Unforeseen())


class _Malformed(KingmakerError):
    code = "request_malformed"


class _NoSuchPath(KingmakerError):
    code = "not_found"

    def __init__(self) -> None:
        super().__init__("there is no such path", remedy="/docs lists them.")


class _Unforeseen(KingmakerError):
    code = "unexpected"

    def __init__(self) -> None:
        super().__init__("something unexpected happened", remedy="The server's log says what, under this moment.")
