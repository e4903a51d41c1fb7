"""Who a token or a session stands for, without asking the ledger each time.

What the ledger said holds for `FRESH`: a revoked token, a disabled person or a changed role takes effect within that time, in
every process of every machine.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from kingmaker.control.access.bearing import Clock, digest_of, id_in
from kingmaker.control.access.logins import LoginRules
from kingmaker.domain.access import Person, Principal, Token
from kingmaker.domain.errors import NotLoggedIn, StorageFailed
from kingmaker.ports.access_ledger import AccessLedger

FRESH: Final = timedelta(seconds=5)
MARK_EVERY: Final = timedelta(minutes=1)
"""How often the last use of a token or session is written down at most."""
MOST_KNOWN: Final = 10_000
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Recognised:
    who: Principal
    ends: datetime | None
    seen: datetime = field(repr=False)

    def holds(self, now: datetime) -> bool:
        """A clock that was set back makes nothing older fresher."""
        return self.seen <= now < self.seen + FRESH and (self.ends is None or now < self.ends)


class Recognition:
    """Tokens and sessions over one ledger. Safe for several threads."""

    def __init__(self, ledger: AccessLedger, clock: Clock, rules: LoginRules) -> None:
        self._ledger = ledger
        self._clock = clock
        self._rules = rules
        self._recognised: OrderedDict[str, _Recognised] = OrderedDict()
        self._guard = Lock()

    def of_token(self, text: str) -> Principal:
        """Raises NotLoggedIn, in the same words whatever is wrong with it."""
        if id_in(text) is None:
            raise _unknown_token()
        return self._recognise(digest_of(text), self._ask_token)

    def of_session(self, secret: str) -> Principal:
        """Raises NotLoggedIn for a session that is unknown or over."""
        return self._recognise(digest_of(secret), self._ask_session)

    def is_over(self, secret: str) -> bool:
        """Whether the session has ended; it is not used by being asked about."""
        return self._ledger.session_of(digest_of(secret)) is None

    def forget(self, secret: str) -> None:
        """At log-out."""
        with self._guard:
            self._recognised.pop(digest_of(secret), None)

    def _recognise(self, digest: str, ask: Callable[[str, datetime], _Recognised]) -> Principal:
        now = self._clock()
        known = self._recognised.get(digest)
        if known is None or not known.holds(now):
            known = ask(digest, now)
            with self._guard:
                self._recognised[digest] = known
                self._recognised.move_to_end(digest)
                while len(self._recognised) > MOST_KNOWN:
                    self._recognised.popitem(last=False)
        return known.who

    def _ask_token(self, digest: str, now: datetime) -> _Recognised:
        token = self._ledger.token_of(digest)
        if token is None or not token.is_valid(now):
            raise _unknown_token()
        if token.last_used_at is None or now - token.last_used_at >= MARK_EVERY:
            _mark(lambda: self._ledger.token_used(token.id, now))
        return _Recognised(_bearer(token), token.expires_at, now)

    def _ask_session(self, digest: str, now: datetime) -> _Recognised:
        found = self._ledger.session_of(digest)
        if found is None:
            raise NotLoggedIn("the session is over", remedy="Log in again.")
        somebody, ends = found
        if ends - now <= self._rules.idle - MARK_EVERY:
            _mark(lambda: self._ledger.prolong_session(digest, idle=self._rules.idle, whole=self._rules.whole))
        return _Recognised(principal_of(somebody), ends, now)


def principal_of(somebody: Person) -> Principal:
    scope = None if somebody.pipelines is None else frozenset(somebody.pipelines)
    return Principal(name=somebody.name, roles=frozenset(somebody.roles), pipelines=scope)


def _bearer(token: Token) -> Principal:
    scope = None if token.pipelines is None else frozenset(token.pipelines)
    return Principal(name=token.name, roles=frozenset({token.role}), pipelines=scope)


def _mark(write: Callable[[], object]) -> None:
    """A disk that is full keeps nobody out who only wants to look."""
    try:
        write()
    except StorageFailed as error:
        _LOG.warning("The last use could not be written down: %s", error.sentence())


def _unknown_token() -> NotLoggedIn:
    return NotLoggedIn("the token is unknown, expired or revoked", remedy="Ask an administrator for another.")
