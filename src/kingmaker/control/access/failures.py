"""Wrong passwords by name, known or not, in this process: so that a lock tells nobody which names are known.

The ledger counts those of people who are known, for all processes and over restarts.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from threading import Lock
from typing import Final

from kingmaker.domain.errors import TooMany

MOST_NAMES: Final = 10_000
"""Beyond these the name that failed the longest ago is forgotten: no flood of names fills the memory."""


class TooManyTries(TooMany):
    """`retry_after` in seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__("too many wrong passwords", remedy=f"Try again in {retry_after} seconds.")


@dataclass(slots=True)
class _Count:
    tries: int = 0
    locked_until: datetime | None = None


class Failures:
    """The `tries`-th wrong password in a row refuses more of that name for `lock`. Safe for several threads."""

    def __init__(self, tries: int, lock: timedelta, most_names: int = MOST_NAMES) -> None:
        self._tries = tries
        self._lock_time = lock
        self._most = most_names
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._guard = Lock()

    def try_once(self, name: str, now: datetime) -> None:
        """Counts the try before its password is looked at, so that many at once are no way round. Raises TooManyTries."""
        with self._guard:
            count = self._counts.pop(name, None) or _Count()
            self._counts[name] = count
            if count.locked_until and now < count.locked_until:
                raise TooManyTries(ceil((count.locked_until - now).total_seconds()))
            count.tries = 1 if count.locked_until else count.tries + 1
            count.locked_until = now + self._lock_time if count.tries >= self._tries else None
            while len(self._counts) > self._most:
                self._counts.popitem(last=False)

    def forget(self, name: str) -> None:
        """The password was right."""
        with self._guard:
            self._counts.pop(name, None)
