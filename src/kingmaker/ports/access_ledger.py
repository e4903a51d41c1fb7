"""Who may speak to the control centre, as the ledger keeps them: part of `centre_ledger`, whose rules hold here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from kingmaker.domain.access import Person, Role, Session, Token


class AccessLedger(Protocol):
    """Tokens, people and their sessions. Secrets never come here: digests and password hashes do."""

    def add_token(self, token: Token, *, digest: str) -> None: ...

    def token_of(self, digest: str) -> Token | None:
        """Whatever its state; the caller asks whether it is valid."""

    def tokens(self) -> list[Token]:
        """Newest first."""

    def revoke_token(self, token: str, *, by: str, why: str) -> Token:
        """By id or a unique beginning of it. Revoking again is harmless."""

    def token_used(self, token: str, at: datetime) -> None: ...

    def put_person(
        self,
        name: str,
        *,
        roles: Sequence[Role],
        pipelines: Sequence[str] | None,
        password_hash: str | None,
        by: str,
        revive: bool = True,
    ) -> Person:
        """Add somebody, or change what they may. `password_hash` None leaves the password as it is (none for a new one).

        Another password ends their sessions and every lock. Whoever was disabled is so no longer, unless `revive` is False.
        """

    def person(self, name: str) -> Person | None: ...

    def people(self) -> list[Person]:
        """By name."""

    def password_hash(self, name: str) -> str | None: ...

    def change_password(self, name: str, *, kept: str, password_hash: str) -> Person:
        """Somebody's own wish: put `password_hash` in place of `kept`. It ends their sessions. Raises Conflict otherwise."""

    def disable_person(self, name: str, *, by: str, why: str) -> Person:
        """Ends their sessions too."""

    def login_failed(self, name: str, *, tries: int, lock: timedelta) -> Person | None:
        """Count a wrong password; the `tries`-th in a row locks for `lock`."""

    def begin_session(self, name: str, *, digest: str, expires_at: datetime) -> None:
        """Also resets the count of wrong passwords. Raises NotLoggedIn for somebody disabled."""

    def session_of(self, digest: str) -> tuple[Person, datetime] | None:
        """Who it is and when the session expires; None also when it has."""

    def prolong_session(self, digest: str, *, idle: timedelta, whole: timedelta) -> datetime | None:
        """Let it expire `idle` from now, but no later than `whole` after it began. When that is; None when it has expired."""

    def end_session(self, digest: str) -> None: ...

    def sessions(self, name: str) -> list[Session]:
        """Those that have not expired, newest first."""

    def end_sessions(self, name: str) -> int:
        """All of somebody's, by their own wish; how many had not expired."""
