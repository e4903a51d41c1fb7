"""One caller's connection: bytes in, whole requests to the routes one after the other, answers out in their order."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from kingmaker.interfaces.endpoint.heads import CLOSE, CONTINUE, lines_of
from kingmaker.interfaces.endpoint.http_exchange import HttpExchange
from kingmaker.interfaces.endpoint.incoming import BETWEEN, HEAD, Incoming
from kingmaker.interfaces.endpoint.problems import PROBLEM, Refused
from kingmaker.interfaces.endpoint.refusals import too_slow

if TYPE_CHECKING:  # the wire makes its connections
    from kingmaker.interfaces.endpoint.wire import Wire

LINGER = 2.0
"""Seconds in which a refused caller may go on sending, so that what it is told is not lost with what it still sends."""


class Connection(asyncio.Protocol):
    """Serves what `Incoming` puts together. A request waits until the one before it is answered."""

    __slots__ = (
        "_choked", "_current", "_ending", "_incoming", "_last_words", "_lingering", "_paused", "_queue", "_since",
        "_transport", "_wire",
    )  # fmt: skip

    def __init__(self, wire: "Wire") -> None:
        self._wire = wire
        self._incoming = Incoming(wire.limits, wire.known_heads, lambda: wire.now, self._take)
        self._queue: deque[HttpExchange] = deque()
        self._current: HttpExchange | None = None
        self._last_words: Refused | None = None
        self._ending = self._lingering = self._choked = self._paused = False
        self._since = wire.now

    # asyncio calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its class
        refused = self._wire.admit(self)
        if refused:
            self._stop_reading(refused)

    def connection_lost(self, error: Exception | None) -> None:
        del error
        self._queue.clear()
        self._wire.forget(self)

    def data_received(self, data: bytes) -> None:
        if self._ending:
            return
        refused = self._incoming.feed(data)
        if refused is not None:
            self._stop_reading(refused)
        elif self._incoming.stage:
            self._encourage()

    def eof_received(self) -> bool:
        """A caller that only stopped sending still gets its answers, where the transport can be half closed."""
        self._ending = True
        owed = self._current is not None or bool(self._queue) or (self._last_words is not None and not self._lingering)
        return owed and self._transport.can_write_eof()

    def pause_writing(self) -> None:
        self._choked = True
        self._since = self._wire.now
        self._regulate()

    def resume_writing(self) -> None:
        self._choked = False
        self._since = self._wire.now
        self._advance()

    def _take(self, verb: bytes, target: bytes, headers: dict[bytes, bytes], body: bytes, persistence: int) -> None:
        """Serve a request that has arrived, or have it wait for the one before it."""
        if self._transport.is_closing():
            return
        exchange = HttpExchange(self, verb, target, headers, body, persistence)
        if self._current is None and not self._queue and not self._choked:
            self._current = exchange
            self._wire.serve(exchange)
        else:
            self._queue.append(exchange)
            self._regulate()

    # Reading on, or not.

    def _encourage(self) -> None:
        """100 Continue to a caller that waits for it, once whatever it asked before has been answered."""
        incoming = self._incoming
        if self._current is None and incoming.waits_to_be_told:
            incoming.is_told = True
            self._transport.write(CONTINUE)

    def _stop_reading(self, refused: Refused) -> None:
        """Tell the caller why as soon as everything it asked before has been answered, and close."""
        if self._ending:
            return
        self._ending = True
        self._last_words = refused
        self._advance()

    def _regulate(self) -> None:
        """Read on only while there is room for what was read, and somebody takes what is written."""
        full = self._choked or len(self._queue) >= self._wire.limits.pipelined
        held = full or (self._ending and not self._lingering)
        if held == self._paused or self._transport.is_closing():
            return
        self._paused = held
        if held:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    # Answering.

    def _advance(self) -> None:
        """Start what waits, until something is answered later or the caller does not read."""
        while self._queue and self._current is None and not self._choked:
            exchange = self._queue.popleft()
            self._current = exchange
            self._wire.serve(exchange)
        if self._current is None and not self._queue:
            if self._ending:
                self._end()
            else:
                self._encourage()
        self._regulate()

    def send(
        self,
        exchange: HttpExchange,
        status: int,
        body: bytes,
        content_type: bytes,
        headers: Mapping[bytes, bytes] | None,
    ) -> None:
        """Write the answer to the exchange under way."""
        wire = self._wire
        lines = lines_of(headers) if headers else b""  # before anything is counted: it may raise
        exchange.connection = None
        wire.settle(exchange, status)
        self._current = None
        self._since = wire.now
        transport = self._transport
        if transport.is_closing():
            return
        persistence = exchange.persistence
        closing = persistence == CLOSE or (wire.is_stopping and not self._queue)
        told = CLOSE if closing else persistence
        shown = b"" if exchange.verb == b"HEAD" else body
        if lines:
            head = wire.heads.of(status, content_type, told)
            transport.write(b"%b%d%b\r\n\r\n%b" % (head, len(body), lines, shown))
        else:
            transport.write(wire.heads.of_plain(status, content_type, told, len(body)) + shown)
        if closing:
            self._queue.clear()
            transport.close()
        elif self._queue or self._ending or self._incoming.stage or self._paused:
            wire.call_soon(self._advance)

    def refuse(self, exchange: HttpExchange, error: Exception) -> None:
        refused = self._wire.problem_of(exchange, error)
        self.send(exchange, refused.status, refused.body(), PROBLEM, refused.headers)

    def _end(self) -> None:
        """Say the last words, if any, and close; a caller that may still be sending is listened to for a moment."""
        transport = self._transport
        if self._lingering or transport.is_closing():
            return
        refused = self._last_words
        if refused is not None:
            transport.write(self._wire.closing_answer(refused))
        if refused is None or not transport.can_write_eof():
            transport.close()
            return
        self._lingering = True
        self._since = self._wire.now
        transport.write_eof()

    # The wire calls these.

    def check(self, now: float) -> None:
        """Give up on a caller that has had its time."""
        limits, incoming = self._wire.limits, self._incoming
        waited = now - self._wire.interval - self._since
        if self._choked:
            if waited > limits.write:
                self._transport.abort()
        elif self._current is not None or self._queue:
            return
        elif self._lingering:
            if waited > LINGER:
                self._transport.abort()
        elif incoming.stage == BETWEEN:
            if waited > limits.idle:
                self._transport.close()
        elif now - self._wire.interval - incoming.since > (limits.head if incoming.stage == HEAD else limits.body):
            self._stop_reading(too_slow(limits, head=incoming.stage == HEAD))

    def leave(self) -> None:
        """Close, unless something is under way: then its answer closes."""
        if self._current is None and not self._queue and self._incoming.stage == BETWEEN:
            self._transport.close()

    def abandon(self) -> None:
        """Close at once, whatever is under way."""
        self._transport.abort()
