"""Who may do what."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from kingmaker.control.records import (
    Me,
)
from kingmaker.domain.access import MadeToken, Person, Role, Session, Token


class AccessVerbs(Protocol):
    def me(self) -> Me: ...

    def sessions(self) -> list[Session]:
        """Where whoever asks is logged in, newest first."""

    def end_sessions(self) -> int:
        """Log out everywhere; how many sessions ended."""

    def change_password(self, old: str, new: str) -> Person:
        """Whoever asks gives themselves another password, which ends their sessions. Raises Forbidden for a wrong `old`."""

    def tokens(self) -> list[Token]: ...

    def make_token(
        self,
        name: str,
        role: Role,
        *,
        pipelines: Sequence[str] | None = None,
        lifetime: timedelta | None = timedelta(days=90),
    ) -> MadeToken: ...

    def revoke_token(self, token: str, *, why: str) -> Token: ...

    def people(self) -> list[Person]: ...

    def put_person(
        self,
        name: str,
        roles: Sequence[Role],
        *,
        pipelines: Sequence[str] | None = None,
        password: str | None = None,
    ) -> Person: ...

    def disable_person(self, name: str, *, why: str) -> Person: ...
