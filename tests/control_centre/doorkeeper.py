"""A doorkeeper that knows its callers by their bearer text, and forgets those whose token is revoked."""

from collections.abc import Mapping

from fastapi import Request

from kingmaker.domain.access import Principal, Role
from kingmaker.domain.errors import NotLoggedIn


class Door:
    """`known` may change while it stands there."""

    def __init__(self, known: Mapping[str, Principal]) -> None:
        self.known = dict(known)

    def principal(self, request: Request) -> Principal:
        who = self.known.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if who is None:
            raise NotLoggedIn("the token is unknown, expired or revoked", remedy="Ask an administrator for a new one.")
        return who


def somebody(*roles: Role, name: str = "ann", pipelines: frozenset[str] | None = None) -> Principal:
    return Principal(name=name, roles=frozenset(roles), pipelines=pipelines)
