"""Who may do what: roles, the rights they give, and the principal on whose behalf something is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Right(StrEnum):
    """What can be allowed. Every verb of the control centre asks for one of them."""

    SEE = "see"
    """Read everything of a pipeline that is no secret."""
    ASK = "ask"
    """Declare and schedule pipelines; ask for runs, cancel and retry them."""
    DECIDE = "decide"
    """Approve, reject, promote, roll back, freeze, name companions, write the error budget off."""
    SERVE = "serve"
    """Follow a pipeline as an endpoint does: pointer, bundles, reports, the log of answers, outcomes."""
    ADMINISTER = "administer"
    """Tokens, people, retention: everything that is of the installation and of no one pipeline."""


class Role(StrEnum):
    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    ENDPOINT = "endpoint"
    ADMIN = "admin"


RIGHTS: Final[Mapping[Role, frozenset[Right]]] = MappingProxyType(
    {
        Role.VIEWER: frozenset({Right.SEE}),
        Role.OPERATOR: frozenset({Right.SEE, Right.ASK}),
        Role.APPROVER: frozenset({Right.SEE, Right.DECIDE}),
        Role.ENDPOINT: frozenset({Right.SERVE}),
        Role.ADMIN: frozenset(Right),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """On whose behalf something is done. `pipelines` None: all of them.

    `is_owner` is the person at the machine's own command line, who holds ledger and keys in hand: whoever can edit the files is
    not kept from anything by a second pair of eyes.
    """

    name: str
    roles: frozenset[Role]
    pipelines: frozenset[str] | None = None
    is_owner: bool = False

    def may(self, right: Right, pipeline: str | None = None) -> bool:
        """Whether this right is given, for this pipeline; without one, for the installation as a whole."""
        if not any(right in RIGHTS[role] for role in self.roles):
            return False
        return self.pipelines is None or (pipeline is not None and pipeline in self.pipelines)

    def sees(self, pipeline: str) -> bool:
        return self.pipelines is None or pipeline in self.pipelines


def owner(name: str) -> Principal:
    """The person at this machine's command line."""
    return Principal(name=name, roles=frozenset({Role.ADMIN}), is_owner=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer token as it is remembered: its secret is not. `pipelines` None: all of them; `expires_at` None: never."""

    id: str
    name: str
    role: Role
    pipelines: tuple[str, ...] | None
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who logs in. `locked_until` is set after too many wrong passwords; `disabled_at` by an administrator."""

    name: str
    roles: tuple[Role, ...]
    pipelines: tuple[str, ...] | None
    made_by: str
    made_at: datetime
    disabled_at: datetime | None = None
    locked_until: datetime | None = None
    last_login_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeToken:
    """A new token with its `secret`, which is shown this once."""

    token: Token
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody is logged in at some browser, until then."""

    begun_at: datetime
    expires_at: datetime
