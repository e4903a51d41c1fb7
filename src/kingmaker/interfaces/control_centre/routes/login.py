"""Log-in and log-out: by password, or with the company's own accounts."""

import html
from http import HTTPStatus
from typing import Annotated, Final, cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from kingmaker.control.access.giving import LONGEST_NAME
from kingmaker.control.access.passwords import LONGEST
from kingmaker.domain.access import Person
from kingmaker.domain.errors import NotFound, NotLoggedIn
from kingmaker.interfaces.control_centre.company import CompanyLogin, admit
from kingmaker.interfaces.control_centre.doorkeeping import FrontDoor
from kingmaker.interfaces.control_centre.sessions import (
    forget_leaving,
    give_leaving,
    give_session,
    left_with,
    take_session,
)
from kingmaker.interfaces.control_centre.telling import answers, told
from kingmaker.ports.house import House

router = APIRouter()


class LogIn(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    password: Annotated[str, Field(max_length=LONGEST, repr=False)]


@router.post("/login", **answers(Person))
def log_in(request: Request, who: LogIn) -> Response:
    """Begins a session: its cookie is all a browser needs from here on."""
    begun = _door(request).log_in(request, who.name, who.password)
    response = told(begun.person)
    give_session(request, response, begun)
    return response


@router.post("/logout", status_code=HTTPStatus.NO_CONTENT)
def log_out(request: Request) -> Response:
    """Ends the session, here and in the ledger."""
    _door(request).log_out(request)
    response = Response(status_code=HTTPStatus.NO_CONTENT)
    take_session(request, response)
    return response


@router.get("/login/oidc", status_code=HTTPStatus.SEE_OTHER, response_class=RedirectResponse)
def log_in_elsewhere(request: Request) -> Response:
    """Away to the company's own log-in, where there is one."""
    away = _company(request).begin()
    response = RedirectResponse(away.address, HTTPStatus.SEE_OTHER)
    give_leaving(request, response, away.kept)
    return response


@router.get("/login/oidc/callback", response_class=Response, include_in_schema=False)
def come_back(request: Request) -> Response:
    """Back from there. A page instead of a redirect: the session's cookie goes with what this site asks for itself."""
    kept = left_with(request)
    if kept is None:
        raise NotLoggedIn("this log-in was not begun by this browser, or is over", remedy="Log in again.")
    somebody = admit(_house(request).ledger, _company(request).finish(dict(request.query_params), kept))
    response = Response(_PAGE.format(name=html.escape(somebody.name)), media_type="text/html; charset=utf-8")
    give_session(request, response, _door(request).welcome(request, somebody.name))
    forget_leaving(request, response)
    return response


_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=/"><title>Kingmaker</title></head>
<body><p>{name} is logged in. <a href="/">Go on</a></p></body></html>
"""


def _door(request: Request) -> FrontDoor:
    door = request.app.state.doorkeeper
    if not isinstance(door, FrontDoor):
        raise NotFound("nobody logs in here", remedy="Send a token.")
    return door


def _company(request: Request) -> CompanyLogin:
    company: CompanyLogin | None = request.app.state.company_login
    if company is None:
        raise NotFound("no company's log-in is set up here", remedy="Log in with name and password.")
    return company


def _house(request: Request) -> House:
    return cast("House", request.app.state.house)
