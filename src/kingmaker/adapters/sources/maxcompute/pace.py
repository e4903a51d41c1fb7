"""How long the service is waited for, and which of its failures pass by themselves."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeVar

import requests
import urllib3
from odps.errors import BaseODPSError, InternalServerError, RequestTimeTooSkewed

Answer = TypeVar("Answer")

PASSING_STATUS: Final = frozenset({308, 408, 429, 500, 502, 503, 504})
TOLD_FROM: Final = 4
"""Times the first pause: what passes at the first or second try is nobody's concern."""
PASSING_CODES: Final = frozenset({"FlowExceeded", "ServiceUnavailable", "SlotExceeded"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """All in seconds. A pause doubles from `first_pause` to `longest_pause`; after `patience` of failures in a row the last
    one is told. `answer` is how long a connection may be silent. Progress is asked for every `look`, doubling to
    `longest_look`, and told at most every `telling`, or when a task's state changes.
    """

    first_pause: float = 0.5
    longest_pause: float = 30.0
    patience: float = 900.0
    first_contact: float = 30.0
    connect: int = 20
    answer: int = 120
    look: float = 0.5
    longest_look: float = 5.0
    telling: float = 10.0

    @property
    def at_first(self) -> "Pace":
        """Before the service has answered once: the address may simply be wrong."""
        return replace(self, patience=min(self.patience, self.first_contact))

    @property
    def options(self) -> dict[str, object]:
        """PyODPS's own: it tries nothing twice, so that no pause is longer than ours."""
        return {
            "retry_times": 0,
            "retry_delay": 0,
            "connect_timeout": self.connect,
            "read_timeout": self.answer,
            "local_timezone": None,
        }


class Waiting(Protocol):
    """Pauses for what is tried again, and may raise instead."""

    def wait(self, seconds: float) -> None: ...

    def say(self, sentence: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Telling:
    """Waits in the main thread, where an interrupt is heard."""

    told: Callable[[str], None]

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def say(self, sentence: str) -> None:
        self.told(sentence)


class Patience:
    """What is left of it for one thing that is tried again and again."""

    def __init__(self, pace: Pace, waiting: Waiting) -> None:
        self._pace = pace
        self._waiting = waiting
        self._pause = pace.first_pause
        self._since: float | None = None

    def after(self, error: Exception) -> None:
        """Pause after a failure that passes. Raises the error itself if it does not, or after too many in a row."""
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        if not passes(error) or now + self._pause > self._since + self._pace.patience:
            raise error
        if self._pause >= TOLD_FROM * self._pace.first_pause:
            self._waiting.say(f"MaxCompute is tried again in {self._pause:.0f} s ({_kind_of(error)})")
        self._waiting.wait(self._pause)
        self._pause = min(self._pace.longest_pause, self._pause * 2)

    def renew(self) -> None:
        """Something succeeded."""
        self._pause = self._pace.first_pause
        self._since = None


def patiently(what: Callable[[], Answer], pace: Pace, waiting: Waiting) -> Answer:
    """The answer of `what`, which may be asked several times."""
    patience = Patience(pace, waiting)
    while True:
        try:
            return what()
        except Exception as error:  # noqa: BLE001 - raised again there, unless it passes
            patience.after(error)


def passes(error: Exception) -> bool:
    """Whether the same may succeed later: the service is overloaded, or the network broke off."""
    if isinstance(error, BaseODPSError):
        return (
            error.status_code in PASSING_STATUS
            or error.code in PASSING_CODES
            or isinstance(error, InternalServerError | RequestTimeTooSkewed | TimeoutError)
        )
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.DecodeError):
        return False
    broken = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
    return isinstance(error, (*broken, urllib3.exceptions.HTTPError, ConnectionError, TimeoutError))


def _kind_of(error: Exception) -> str:
    return str(error.code or error.status_code) if isinstance(error, BaseODPSError) else type(error).__name__
