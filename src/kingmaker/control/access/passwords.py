"""Passwords: argon2id with the parameters that RFC 9106 recommends where memory is limited (the library's defaults)."""

from functools import cached_property
from threading import BoundedSemaphore
from typing import Final

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from kingmaker.domain.errors import KingmakerError, TooMany

SHORTEST: Final = 12
LONGEST: Final = 256
FEWEST_SIGNS: Final = 5
"""Different ones, and so many at least beside the person's own name."""
AT_ONCE: Final = 2
"""Each check takes 64 MiB and a fifth of a second of a core: more at once would be a way to exhaust the machine."""
PATIENCE_SECONDS: Final = 5.0


class PasswordRefused(KingmakerError):
    """The password is too easy to guess, or too long."""

    code = "password_refused"


def hash_to_keep(password: str, *, of: str) -> str:
    """Raises PasswordRefused for a password that somebody named `of` should not have."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordRefused(
            f"a password has {SHORTEST} to {LONGEST} characters", remedy="Four random words are easy to remember."
        )
    without_name = password.casefold().replace(of.casefold(), "")
    if min(len(set(password)), len(without_name)) < FEWEST_SIGNS:
        raise PasswordRefused("the password is easy to guess", remedy="Four random words are easy to remember.")
    return argon2.PasswordHasher().hash(_bytes(password))


class PasswordCheck:
    """Compares passwords with the hashes that are kept, a few at a time."""

    def __init__(self, hasher: argon2.PasswordHasher | None = None) -> None:
        self._hasher = hasher or argon2.PasswordHasher()
        self._turns = BoundedSemaphore(AT_ONCE)

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is the password. Without a hash it takes as long, and is not. Raises TooMany."""
        if not self._turns.acquire(timeout=PATIENCE_SECONDS):
            raise TooMany("too many people log in at once", remedy="Try again in a few seconds.")
        try:
            of_nobody = self._of_nobody
            return self._hasher.verify(kept or of_nobody, _bytes(password[: LONGEST + 1])) and kept is not None
        except (VerificationError, InvalidHashError):
            return False
        finally:
            self._turns.release()

    @cached_property
    def _of_nobody(self) -> str:
        """Made at the first log-in, whoever tries it."""
        return self._hasher.hash("of nobody")


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
