"""Log-ins of people by password, and the sessions that begin with them.

Whoever asks learns one of three things: welcome, wrong name or password, or too many tries. Neither the answer nor the work
done for it tells whether the name is known, locked or disabled.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from unicodedata import normalize

from kingmaker.control.access.bearing import Clock, digest_of
from kingmaker.control.access.failures import Failures
from kingmaker.control.access.passwords import PasswordCheck
from kingmaker.domain.access import Person
from kingmaker.domain.errors import NotLoggedIn
from kingmaker.ports.access_ledger import AccessLedger

SESSION_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRules:
    """`tries` wrong passwords in a row lock for `lock`. A session ends `idle` after its last use, `whole` after its begin."""

    tries: int = 5
    lock: timedelta = timedelta(minutes=15)
    idle: timedelta = timedelta(hours=1)
    whole: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A session that has begun; `secret` is what the cookie carries."""

    person: Person
    secret: str = field(repr=False)
    expires_at: datetime


class Logins:
    """Log-ins over one ledger. Safe for several threads."""

    def __init__(self, ledger: AccessLedger, clock: Clock, rules: LoginRules, passwords: PasswordCheck) -> None:
        self.rules = rules
        self._ledger = ledger
        self._clock = clock
        self._passwords = passwords
        self._failures = Failures(rules.tries, rules.lock)

    def log_in(self, name: str, password: str) -> Begun:
        """Raises NotLoggedIn for a wrong name or password, TooMany after too many of them."""
        name = normalize("NFKC", name)
        self._failures.try_once(name, self._clock())
        kept = self._ledger.password_hash(name)
        matches = self._passwords.matches(kept, password)
        somebody = self._ledger.person(name)
        if not matches or somebody is None or not _may_enter(somebody, self._clock()):
            self._ledger.login_failed(name, tries=self.rules.tries, lock=self.rules.lock)
            raise _wrong()
        self._failures.forget(name)
        return self.begin(somebody.name)

    def begin(self, name: str) -> Begun:
        """A session of somebody whose identity is proven, by password or by the company's own log-in."""
        secret, until = secrets.token_urlsafe(SESSION_BYTES), self._clock() + self.rules.idle
        self._ledger.begin_session(name, digest=digest_of(secret), expires_at=until)
        somebody = self._ledger.person(name)
        if somebody is None:
            raise _wrong()
        return Begun(person=somebody, secret=secret, expires_at=until)

    def end(self, secret: str) -> None:
        """Log out. Harmless for a session that is over."""
        self._ledger.end_session(digest_of(secret))


def _may_enter(somebody: Person, now: datetime) -> bool:
    return somebody.disabled_at is None and (somebody.locked_until is None or somebody.locked_until <= now)


def _wrong() -> NotLoggedIn:
    return NotLoggedIn("wrong name or password", remedy="Try again, or ask an administrator.")
