"""Access: who asks, tokens and people."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from kingmaker.control.access.giving import LONGEST_NAME
from kingmaker.control.access.passwords import LONGEST
from kingmaker.control.office.access import LONGEST_LIFETIME
from kingmaker.control.records import Me
from kingmaker.domain.access import MadeToken, Person, Role, Session, Token
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.routes import login
from kingmaker.interfaces.control_centre.telling import answers, told

router = APIRouter(tags=["access"])
router.include_router(login.router)

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
NamePath = Annotated[str, Path(min_length=1, max_length=LONGEST_NAME)]
TokenPath = Annotated[str, Path(pattern="^[0-9a-f]{1,12}$")]
Pipelines = Annotated[list[Annotated[str, Field(pattern="^[a-z][a-z0-9_-]{0,62}$")]], Field(max_length=1000)] | None
Why = Annotated[str, Field(min_length=1, max_length=2000)]
NINETY_DAYS: Final = timedelta(days=90)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TokenWanted(_Body):
    """`pipelines` null: all of them. `lifetime` as an ISO 8601 duration (`P90D`); null: without end."""

    name: Name
    role: Role
    pipelines: Pipelines = None
    lifetime: Annotated[timedelta, Field(gt=timedelta(0), le=LONGEST_LIFETIME)] | None = NINETY_DAYS


class PersonWanted(_Body):
    """`pipelines` null: all of them. `password` null: it stays as it is."""

    roles: Annotated[list[Role], Field(max_length=len(Role))]
    pipelines: Pipelines = None
    password: Annotated[str, Field(max_length=LONGEST)] | None = None


class PasswordWanted(_Body):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    old: Annotated[str, Field(max_length=LONGEST, repr=False)]
    new: Annotated[str, Field(max_length=LONGEST, repr=False)]


class Reason(_Body):
    why: Why


@router.get("/me", **answers(Me))
def me(office: Asking) -> Response:
    """Who asks, and what they may."""
    return told(office.me())


@router.get("/me/sessions", **answers(list[Session]))
def sessions(office: Asking) -> Response:
    """Where whoever asks is logged in, newest first."""
    return told(office.sessions())


@router.post("/me/sessions/end", **answers(int))
def end_sessions(office: Asking) -> Response:
    """Log out everywhere, within five seconds; how many sessions ended."""
    return told(office.end_sessions())


@router.post("/me/password", **answers(Person))
def change_password(office: Asking, wanted: PasswordWanted) -> Response:
    """Another password for whoever asks, which ends their sessions."""
    return told(office.change_password(wanted.old, wanted.new))


@router.get("/tokens", **answers(list[Token]))
def tokens(office: Asking) -> Response:
    """Newest first, without their secrets."""
    return told(office.tokens())


@router.post("/tokens", **answers(MadeToken, status=HTTPStatus.CREATED))
def make_token(office: Asking, wanted: TokenWanted) -> Response:
    """The answer shows the secret this once."""
    made = office.make_token(wanted.name, wanted.role, pipelines=wanted.pipelines, lifetime=wanted.lifetime)
    return told(made, status=HTTPStatus.CREATED)


@router.post("/tokens/{token}/revoke", **answers(Token))
def revoke_token(office: Asking, token: TokenPath, reason: Reason) -> Response:
    """By id or a unique beginning of it; takes effect within five seconds."""
    return told(office.revoke_token(token, why=reason.why))


@router.get("/people", **answers(list[Person]))
def people(office: Asking) -> Response:
    """By name."""
    return told(office.people())


@router.put("/people/{name}", **answers(Person))
def put_person(office: Asking, name: NamePath, wanted: PersonWanted) -> Response:
    """Adds somebody, or changes what they may; whoever was disabled is so no longer."""
    return told(office.put_person(name, wanted.roles, pipelines=wanted.pipelines, password=wanted.password))


@router.post("/people/{name}/disable", **answers(Person))
def disable_person(office: Asking, name: NamePath, reason: Reason) -> Response:
    """Ends their sessions too."""
    return told(office.disable_person(name, why=reason.why))
