"""AccessVerbs over this machine's house."""

from collections.abc import Sequence
from datetime import timedelta

from kingmaker.control.office.room import Room
from kingmaker.control.records import Me
from kingmaker.domain.access import MadeToken, Person, Role, Token


class AccessOffice(Room):
    """AccessVerbs, allowed or refused by who asks."""

    def me(self) -> Me:
        raise NotImplementedError

    def tokens(self) -> list[Token]:
        raise NotImplementedError

    def make_token(
        self,
        name: str,
        role: Role,
        *,
        pipelines: Sequence[str] | None = None,
        lifetime: timedelta | None = timedelta(days=90),
    ) -> MadeToken:
        raise NotImplementedError

    def revoke_token(self, token: str, *, why: str) -> Token:
        raise NotImplementedError

    def people(self) -> list[Person]:
        raise NotImplementedError

    def put_person(
        self, name: str, roles: Sequence[Role], *, pipelines: Sequence[str] | None = None, password: str | None = None
    ) -> Person:
        raise NotImplementedError

    def disable_person(self, name: str, *, why: str) -> Person:
        raise NotImplementedError
