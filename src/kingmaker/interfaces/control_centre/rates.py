"""How much may be asked in a short time: a bucket of tries for each caller, filled again at a steady pace.

In this process alone: several control centres together let through as many times more, which is generous and no harm.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock
from time import monotonic
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from kingmaker.domain.errors import TooMany
from kingmaker.interfaces.control_centre.problems import problem

MOST_CALLERS: Final = 20_000
"""Beyond these the caller that asked the longest ago is forgotten: a flood of addresses fills no memory."""
_ROUNDING: Final = 1e-9
NETWORK_BITS: Final = 64
"""Whoever has one IPv6 address has its whole network."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`burst` at once, then `a_second`."""

    a_second: float
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Generous to whoever works, hard on whoever guesses."""

    address: Pace = Pace(1000, 4000)
    principal: Pace = Pace(500, 2000)
    failures: Pace = Pace(0.5, 20)
    """Unknown tokens, and log-ins, each counted by address: an endpoint with an old token keeps nobody from logging in."""
    body_bytes: int = 2 << 20
    """Of what is read into memory; files that arrive on disk have limits of their own."""


class Rates:
    """One bucket a caller. Safe for several threads."""

    def __init__(self, pace: Pace, *, clock: Callable[[], float] = monotonic, most: int = MOST_CALLERS) -> None:
        self._pace = pace
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._guard = Lock()

    def take(self, caller: str) -> None:
        """One try of this caller. Raises TooMany with the seconds after which there is another."""
        with self._guard:
            now = self._clock()
            left, at = self._buckets.pop(caller, (float(self._pace.burst), now))
            left = min(self._pace.burst, left + (now - at) * self._pace.a_second)
            granted = left >= 1 - _ROUNDING
            self._buckets[caller] = (left - granted, now)
            while len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        if not granted:
            raise too_many(ceil((1 - left) / self._pace.a_second))


class AddressRates:
    """ASGI middleware: everything that one address asks."""

    def __init__(self, app: ASGIApp, pace: Pace) -> None:
        self._app = app
        self._rates = Rates(pace)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                self._rates.take(address_of(scope))
            except TooMany as error:
                await problem(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def address_of(scope: Scope) -> str:
    """Who is at the other end of the line; behind a proxy the server was told to trust, who is at that one's."""
    client = scope.get("client")
    if not client:
        return "unknown"
    try:
        address = ip_address(client[0])
    except ValueError:
        return str(client[0])
    if isinstance(address, IPv6Address):
        return f"{int(address) >> NETWORK_BITS:x}/64"
    return str(address)


def too_many(seconds: int) -> TooMany:
    error = TooMany("more was asked than is answered in so short a time", remedy=f"Try again in {seconds} s.")
    error.retry_after = seconds
    return error
