"""The company's own log-in, as the routes see it: away to it, back from it, and what it says of whoever came back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from kingmaker.domain.access import Person, Role
from kingmaker.domain.errors import Forbidden
from kingmaker.ports.access_ledger import AccessLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Where the browser is sent, and what it keeps meanwhile."""

    address: str
    kept: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """Somebody whose identity is proven, with what their groups give them. `issuer` says who proved it."""

    name: str
    roles: tuple[Role, ...]
    pipelines: tuple[str, ...] | None
    issuer: str


class CompanyLogin(Protocol):
    """Plays an OpenID Connect client (see `oidc`)."""

    def begin(self) -> Away:
        """Raises ServerUnreachable when the company's server does not answer."""

    def finish(self, answer: Mapping[str, str], kept: str) -> Proven:
        """Raises NotLoggedIn for an answer that proves nothing, Forbidden for somebody without a role here."""


def admit(ledger: AccessLedger, proven: Proven) -> Person:
    """The person as the ledger knows them, with the roles that their groups give them today.

    Raises Forbidden where somebody else of that name logs in with a password: nobody takes over an account by its name.
    """
    known = ledger.person(proven.name)
    if known is not None and ledger.password_hash(proven.name) is not None:
        raise Forbidden(
            f"{proven.name} logs in with a password here", remedy="An administrator gives the person another name."
        )
    if known is not None and (known.roles, known.pipelines) == (proven.roles, proven.pipelines):
        return known
    return ledger.put_person(
        proven.name,
        roles=proven.roles,
        pipelines=proven.pipelines,
        password_hash=None,
        by=proven.issuer,
        revive=False,
    )
