"""The wire: what all connections of an endpoint share, and the step from a request to its route."""

import asyncio
import logging
from collections.abc import Iterable
from time import perf_counter

from kingmaker.interfaces.endpoint import refusals
from kingmaker.interfaces.endpoint.connection import Connection
from kingmaker.interfaces.endpoint.heads import CLOSE, Heads, lines_of
from kingmaker.interfaces.endpoint.http_exchange import HttpExchange
from kingmaker.interfaces.endpoint.known_heads import KnownHeads
from kingmaker.interfaces.endpoint.limits import Limits
from kingmaker.interfaces.endpoint.problems import PROBLEM, Refused
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.interfaces.endpoint.tokens import Tokens
from kingmaker.serving.readings import Reading

_LOG = logging.getLogger(__name__)
_UNEXPECTED = Refused(
    500, "unexpected", "something unexpected happened while this was answered", remedy="The endpoint's log says what."
)


class Wire:
    """Belongs to one event loop and its thread. Hand `connection` to the loop's `create_server`."""

    def __init__(self, router: Router, limits: Limits, tokens: Tokens, loop: asyncio.AbstractEventLoop) -> None:
        self.router = router
        self.limits = limits
        self.heads = Heads()
        self.known_heads = KnownHeads()
        self.is_stopping = False
        self.interval = min(1.0, limits.shortest / 4)
        """Seconds between two sweeps; also how far `now` may lie back."""
        self.now = loop.time()
        self.call_soon = loop.call_soon
        self._loop = loop
        self._tokens = tokens
        self._is_guarded = bool(tokens)
        self._connections: set[Connection] = set()
        self._in_flight = 0
        self._turned_away = 0
        self._unexpected: dict[str, int] = {}

    def connection(self) -> Connection:
        return Connection(self)

    def admit(self, connection: Connection) -> Refused | None:
        """Count a new connection in, and say why it must go."""
        full = len(self._connections) >= self.limits.connections
        if len(self._connections) >= 2 * self.limits.connections:
            connection.abandon()
        self._connections.add(connection)
        self._turned_away += full
        return refusals.too_many_connections(self.limits) if full else None

    def closing_answer(self, refused: Refused) -> bytes:
        """The whole answer to what is no request for any route, after which its connection closes."""
        self.router.unmatched.count(refused.status, 0.0)
        body = refused.body()
        head = self.heads.of(refused.status, PROBLEM, CLOSE)
        return b"%b%d%b\r\n\r\n%b" % (head, len(body), lines_of(refused.headers), body)

    def forget(self, connection: Connection) -> None:
        self._connections.discard(connection)

    def serve(self, exchange: HttpExchange) -> None:
        """Hand a request to its route, and answer what the route refuses or fails at."""
        self._in_flight += 1
        try:
            served = self.router.exact.get((exchange.verb, exchange.target))
            if served is None:
                served, exchange.parts = self.router.find(exchange.verb, exchange.target)
            exchange.served = served
            if not served.probe:
                self._check(exchange)
            served.route(exchange)
        except Exception as error:  # noqa: BLE001 - whatever a route raises, its caller gets an answer
            if exchange.connection is None:
                self.problem_of(exchange, error)
            else:
                exchange.refuse(error)

    def _check(self, exchange: HttpExchange) -> None:
        if self._is_guarded:
            self._tokens.check(exchange.headers.get(b"authorization", b""))
        if self._in_flight > self.limits.in_flight:
            raise refusals.too_busy(self.limits)
        encoding = exchange.headers.get(b"content-encoding")
        if encoding is not None and encoding.lower() != b"identity":
            raise refusals.encoded(encoding)
        transfer = exchange.headers.get(b"transfer-encoding")
        if transfer is not None and transfer.lower() != b"chunked":
            raise refusals.transferred(transfer)

    def settle(self, exchange: HttpExchange, status: int) -> None:
        """Count an answer."""
        self._in_flight -= 1
        tally = exchange.served.tally if exchange.served else self.router.unmatched
        tally.count(status, perf_counter() - exchange.begun)

    def problem_of(self, exchange: HttpExchange, error: Exception) -> Refused:
        """What the caller is told. An error that nobody foresaw is counted, and logged the first time it happens."""
        if isinstance(error, Refused):
            return error
        kind = f"{type(error).__name__} at {_place_of(error)}"
        self._unexpected[kind] = self._unexpected.get(kind, 0) + 1
        if self._unexpected[kind] == 1:
            _LOG.error(
                "%s %s failed, and later ones alike are only counted", exchange.method, exchange.path, exc_info=error
            )
        return _UNEXPECTED

    def sweep(self) -> None:
        """Once an interval: read the clock, and close what has waited too long."""
        self.now = self._loop.time()
        self.heads.renew()
        for connection in tuple(self._connections):
            connection.check(self.now)
        self._sweeping = self._loop.call_later(self.interval, self.sweep)

    def stop(self) -> None:
        """From now on answers close their connections."""
        self.is_stopping = True

    def leave(self) -> None:
        """Close the connections on which nothing is under way."""
        for connection in tuple(self._connections):
            connection.leave()

    def abandon(self) -> None:
        """Break off what is left, and sweep no more."""
        self._sweeping.cancel()
        for connection in tuple(self._connections):
            connection.abandon()

    @property
    def is_quiet(self) -> bool:
        """Whether no connection is left."""
        return not self._connections

    def readings(self) -> Iterable[Reading]:
        yield Reading(name="connections", told="Connections that are open.", value=len(self._connections))
        yield Reading(name="requests_in_flight", told="Requests that are being answered.", value=self._in_flight)
        yield Reading(
            name="connections_turned_away",
            told="Connections refused because there were too many.",
            value=self._turned_away,
            kind="counter",
        )
        yield Reading(
            name="unexpected_errors",
            told="Errors that nobody foresaw; the log has the first of each kind.",
            value=sum(tuple(self._unexpected.values())),
            kind="counter",
        )


def _place_of(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "nowhere"
