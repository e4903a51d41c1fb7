"""AccessLedger over SQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.domain.access import Person, Role, Token


class SqlAccess(SqlState):
    """AccessLedger over SQL."""

    def add_token(self, token: Token, *, digest: str) -> None:
        raise NotImplementedError

    def token_of(self, digest: str) -> Token | None:
        raise NotImplementedError

    def tokens(self) -> list[Token]:
        raise NotImplementedError

    def revoke_token(self, token: str, *, by: str, why: str) -> Token:
        raise NotImplementedError

    def token_used(self, token: str, at: datetime) -> None:
        raise NotImplementedError

    def put_person(
        self, name: str, *, roles: Sequence[Role], pipelines: Sequence[str] | None, password_hash: str | None, by: str
    ) -> Person:
        raise NotImplementedError

    def person(self, name: str) -> Person | None:
        raise NotImplementedError

    def people(self) -> list[Person]:
        raise NotImplementedError

    def password_hash(self, name: str) -> str | None:
        raise NotImplementedError

    def disable_person(self, name: str, *, by: str, why: str) -> Person:
        raise NotImplementedError

    def login_failed(self, name: str, *, tries: int, lock: timedelta) -> Person | None:
        raise NotImplementedError

    def begin_session(self, name: str, *, digest: str, expires_at: datetime) -> None:
        raise NotImplementedError

    def session_of(self, digest: str) -> tuple[Person, datetime] | None:
        raise NotImplementedError

    def end_session(self, digest: str) -> None:
        raise NotImplementedError
