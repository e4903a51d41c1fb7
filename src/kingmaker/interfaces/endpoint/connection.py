"""One caller's connection: bytes in, whole requests to the routes one after the other, answers out in their order."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import httptools

from kingmaker.interfaces.endpoint.heads import ALIVE, CLOSE, CONTINUE, PLAIN, lines_of
from kingmaker.interfaces.endpoint.http_exchange import HttpExchange
from kingmaker.interfaces.endpoint.problems import PROBLEM, Refused
from kingmaker.interfaces.endpoint.refusals import (
    NO_HOST,
    NO_TUNNEL,
    body_too_large,
    head_too_large,
    refused_by,
    target_too_long,
    too_slow,
)

if TYPE_CHECKING:  # the wire makes its connections
    from kingmaker.interfaces.endpoint.wire import Wire

_BETWEEN, _HEAD, _BODY = range(3)
"""Where reading is: between requests, in a request's head, or past it."""

LINGER = 2.0
"""Seconds in which a refused caller may go on sending, so that what it is told is not lost with what it still sends."""


class Connection(asyncio.Protocol):
    """Reads requests with httptools, which calls the `on_` methods. A request waits until the one before it is answered."""

    __slots__ = (
        "_body",
        "_choked",
        "_continued",
        "_current",
        "_ending",
        "_fed",
        "_head_bytes",
        "_headers",
        "_last_words",
        "_lingering",
        "_parser",
        "_paused",
        "_queue",
        "_since",
        "_stage",
        "_target",
        "_transport",
        "_wire",
    )  # fmt: skip

    def __init__(self, wire: "Wire") -> None:
        self._wire = wire
        self._parser = httptools.HttpRequestParser(self)
        self._queue: deque[HttpExchange] = deque()
        self._current: HttpExchange | None = None
        self._last_words: Refused | None = None
        self._ending = self._lingering = self._choked = self._paused = self._continued = False
        self._stage = _BETWEEN
        self._since = wire.now
        self._head_bytes = self._fed = 0
        self._target = b""
        self._headers: dict[bytes, bytes] = {}
        self._body: bytes | bytearray = b""

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
        self._fed = len(data)
        if self._stage == _HEAD:
            self._head_bytes += self._fed
        offered = -1
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            offered = upgrade.args[0]
        except httptools.HttpParserError as error:
            self._stop_reading(refused_by(error))
        if offered >= 0:
            self._decline_upgrade(data[offered:])
        elif self._stage:
            self._expect_more()

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

    # The parser calls these.

    def on_message_begin(self) -> None:
        self._stage = _HEAD
        self._since = self._wire.now
        self._target = self._body = b""
        self._headers = {}
        self._head_bytes = 0
        self._continued = False

    def on_url(self, part: bytes) -> None:
        self._target = self._target + part if self._target else part
        if len(self._target) > self._wire.limits.target_bytes:
            raise target_too_long(self._wire.limits)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._stage == _HEAD:  # afterwards they are trailers, which say nothing here
            name = name.lower()
            self._headers[name] = b"%b, %b" % (self._headers[name], value) if name in self._headers else value

    def on_headers_complete(self) -> None:
        self._stage = _BODY
        self._since = self._wire.now
        if self._fed > self._wire.limits.head_bytes:
            self._measure_head()

    def on_body(self, part: bytes) -> None:
        if not self._body:
            self._body = part
        else:
            if isinstance(self._body, bytes):
                self._body = bytearray(self._body)
            self._body += part
        if len(self._body) > self._wire.limits.body_bytes:
            raise body_too_large(self._wire.limits)

    def on_message_complete(self) -> None:
        if self._transport.is_closing():
            return
        headers = self._headers
        if b"upgrade" in headers and self._parser.should_upgrade():
            return
        self._stage = _BETWEEN
        verb = self._parser.get_method()
        if verb == b"CONNECT":
            raise NO_TUNNEL
        if b"host" not in headers and self._parser.get_http_version() != "1.0":
            raise NO_HOST
        persistence = PLAIN
        if b"connection" in headers or not self._parser.should_keep_alive():
            persistence = ALIVE if self._parser.should_keep_alive() else CLOSE
        body = self._body if isinstance(self._body, bytes) else bytes(self._body)
        exchange = HttpExchange(self, verb, self._target, headers, body, persistence)
        if self._current is None and not self._queue and not self._choked:
            self._current = exchange
            self._wire.serve(exchange)
        else:
            self._queue.append(exchange)
            self._regulate()

    # Reading on, or not.

    def _expect_more(self) -> None:
        """Called when what was read ends within a request: refuse early what will be refused in the end."""
        limits = self._wire.limits
        if self._stage == _HEAD:
            if self._head_bytes > limits.head_bytes:
                self._stop_reading(head_too_large(limits))
        elif int(self._headers.get(b"content-length", b"0")) > limits.body_bytes:
            self._stop_reading(body_too_large(limits))
        else:
            self._encourage()

    def _encourage(self) -> None:
        """100 Continue to a caller that waits for it, once whatever it asked before has been answered."""
        waits = self._stage == _BODY and not self._continued and not self._body
        if waits and self._current is None and self._headers.get(b"expect", b"").lower() == b"100-continue":
            self._continued = True
            self._transport.write(CONTINUE)

    def _measure_head(self) -> None:
        size = len(self._target) + sum(len(name) + len(value) + 4 for name, value in self._headers.items())
        if size > self._wire.limits.head_bytes:
            raise head_too_large(self._wire.limits)

    def _decline_upgrade(self, rest: bytes) -> None:
        """Read a request that offers another protocol again, without its offer: HTTP/1.1 is all there is here."""
        offer = {b"upgrade", b"connection", b"http2-settings"}
        kept = {name: value for name, value in self._headers.items() if name not in offer}
        line = b"%b %b HTTP/1.1" % (self._parser.get_method(), self._target)
        self._parser = httptools.HttpRequestParser(self)
        self.data_received(line + lines_of(kept) + b"\r\n\r\n" + rest)

    def _stop_reading(self, refused: Refused) -> None:
        """Tell the caller why as soon as everything it asked before has been answered, and close."""
        if self._ending:
            return
        self._stage = _BETWEEN
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
        lines = lines_of(headers) if headers else b""
        exchange.connection = None
        wire.settle(exchange, status)
        self._current = None
        self._since = wire.now
        transport = self._transport
        if transport.is_closing():
            return
        persistence = exchange.persistence
        closing = persistence == CLOSE or (wire.is_stopping and not self._queue)
        head = wire.heads.of(status, content_type, CLOSE if closing else persistence)
        shown = b"" if exchange.verb == b"HEAD" else body
        transport.write(b"%b%d%b\r\n\r\n%b" % (head, len(body), lines, shown))
        if closing:
            self._queue.clear()
            transport.close()
        elif self._queue or self._ending or self._stage or self._paused:
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
        limits, waited = self._wire.limits, now - self._since - self._wire.interval
        if self._choked:
            if waited > limits.write:
                self._transport.abort()
        elif self._current is not None or self._queue:
            return
        elif self._lingering:
            if waited > LINGER:
                self._transport.abort()
        elif self._stage == _BETWEEN:
            if waited > limits.idle:
                self._transport.close()
        elif waited > (limits.head if self._stage == _HEAD else limits.body):
            self._stop_reading(too_slow(limits, head=self._stage == _HEAD))

    def leave(self) -> None:
        """Close, unless something is under way: then its answer closes."""
        if self._current is None and not self._queue and self._stage == _BETWEEN:
            self._transport.close()

    def abandon(self) -> None:
        """Close at once, whatever is under way."""
        self._transport.abort()
