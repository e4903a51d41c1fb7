"""How long to wait for whom: which answers are asked for again, and after how many seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from secrets import randbelow
from typing import Final

BUSY: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_FINE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """`tries` in all, `first_seconds` before the second, twice as long before each next, never above `longest_seconds`.

    A server that says when to come back (Retry-After) is obeyed, unless that is later than `longest_seconds`: then its refusal
    is told. `silence_seconds` is how long a server that answers may say nothing; `look_seconds` how often it is asked about
    what takes long.
    """

    tries: int = 5
    first_seconds: float = 0.2
    longest_seconds: float = 30.0
    silence_seconds: float = 60.0
    look_seconds: float = 0.5

    def pause(self, failed: int, headers: Mapping[str, str] | None = None) -> float | None:
        """Seconds to wait after so many tries that failed in a row; None: give up.

        Up to half of it is left to chance, so that many who were refused together do not come back together.
        """
        if failed >= self.tries:
            return None
        told = _told(headers.get("Retry-After", "")) if headers is not None else None
        if told is not None:
            return told if told <= self.longest_seconds else None
        grown = min(self.first_seconds * 2.0 ** (failed - 1), self.longest_seconds)
        return grown * (0.5 + randbelow(_FINE) / (2 * _FINE))


def _told(retry_after: str) -> float | None:
    """Seconds or a date (RFC 9110); None for neither."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
