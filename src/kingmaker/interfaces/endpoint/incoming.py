"""Requests as their bytes arrive on one connection: put together with httptools, within the limits."""

from collections.abc import Callable

import httptools

from kingmaker.interfaces.endpoint.heads import ALIVE, CLOSE, PLAIN, lines_of
from kingmaker.interfaces.endpoint.known_heads import KnownHead, KnownHeads
from kingmaker.interfaces.endpoint.limits import Limits
from kingmaker.interfaces.endpoint.problems import Refused
from kingmaker.interfaces.endpoint.refusals import (
    NO_HOST,
    NO_TUNNEL,
    body_too_large,
    head_too_large,
    refused_by,
    target_too_long,
)

BETWEEN, HEAD, BODY = range(3)
"""Where reading is: between requests, in a request's head, or past it."""

_OFFER = frozenset({b"upgrade", b"connection", b"http2-settings"})

Deliver = Callable[[bytes, bytes, dict[bytes, bytes], bytes, int], None]
"""Is handed each whole request: method, target, headers, body, and what its answer says about the connection."""


class Incoming:
    """One request after the other. httptools calls the `on_` methods; what they raise ends the reading.

    `since` is when the stage began, by the coarse clock; `is_told` is set once the caller was told to send the body.
    """

    __slots__ = (
        "_body", "_clock", "_closes", "_deliver", "_fed", "_head_bytes", "_headers", "_known", "_limits", "_parser", "_target",
        "is_told", "since", "stage",
    )  # fmt: skip

    def __init__(self, limits: Limits, known: KnownHeads, clock: Callable[[], float], deliver: Deliver) -> None:
        self._limits = limits
        self._known = known
        self._clock = clock
        self._deliver = deliver
        self._parser = httptools.HttpRequestParser(self)
        self.stage = BETWEEN
        self.since = 0.0
        self.is_told = self._closes = False
        self._head_bytes = self._fed = 0
        self._target = b""
        self._headers: dict[bytes, bytes] = {}
        self._body: bytes | bytearray = b""

    def feed(self, data: bytes) -> Refused | None:
        """Read on; what the caller is to be told when reading has ended for good."""
        if self.stage == BETWEEN and not self._closes:
            found = self._known.find(data)
            if found is None:
                return self._feed(data, learn=True)
            head, body = found
            self._deliver(head.verb, head.target, head.headers, body, PLAIN)
            return None
        return self._feed(data)

    def _feed(self, data: bytes, *, learn: bool = False) -> Refused | None:
        """By httptools. `learn` from data that begins a request."""
        self._fed = len(data)
        if self.stage == HEAD:
            self._head_bytes += self._fed
        offered = -1
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            offered = upgrade.args[0]
        except httptools.HttpParserError as error:
            return refused_by(error)
        if offered >= 0:
            return self._without_offer(data[offered:])
        if self.stage:
            return self._too_much()
        if learn and not self._closes:
            verb = self._parser.get_method()
            self._known.learn(data, KnownHead(verb, self._target, self._headers, len(self._body)))
        return None

    @property
    def waits_to_be_told(self) -> bool:
        """Whether the caller sends its body only after it has been told to go on."""
        waits = self.stage == BODY and not self._body and not self.is_told
        return waits and self._headers.get(b"expect", b"").lower() == b"100-continue"

    def on_message_begin(self) -> None:
        self.stage = HEAD
        self.since = self._clock()
        self._target = self._body = b""
        self._headers = {}
        self._head_bytes = 0
        self.is_told = False

    def on_url(self, part: bytes) -> None:
        self._target = self._target + part if self._target else part
        if len(self._target) > self._limits.target_bytes:
            raise target_too_long(self._limits)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.stage == HEAD:  # afterwards they are trailers, which say nothing here
            name = name.lower()
            self._headers[name] = b"%b, %b" % (self._headers[name], value) if name in self._headers else value

    def on_headers_complete(self) -> None:
        self.stage = BODY
        self.since = self._clock()
        if self._fed > self._limits.head_bytes:
            self._measure_head()

    def on_body(self, part: bytes) -> None:
        if not self._body:
            self._body = part
        else:
            if isinstance(self._body, bytes):
                self._body = bytearray(self._body)
            self._body += part
        if len(self._body) > self._limits.body_bytes:
            raise body_too_large(self._limits)

    def on_message_complete(self) -> None:
        headers, parser = self._headers, self._parser
        if b"upgrade" in headers and parser.should_upgrade():
            return
        self.stage = BETWEEN
        verb = parser.get_method()
        if verb == b"CONNECT":
            raise NO_TUNNEL
        if b"host" not in headers and parser.get_http_version() != "1.0":
            raise NO_HOST
        persistence = PLAIN
        if b"connection" in headers or not parser.should_keep_alive():
            persistence = ALIVE if parser.should_keep_alive() else CLOSE
            self._closes = persistence == CLOSE
        body = self._body if isinstance(self._body, bytes) else bytes(self._body)
        self._deliver(verb, self._target, headers, body, persistence)

    def _too_much(self) -> Refused | None:
        """What was read ends within a request: refuse early what will be refused in the end."""
        if self.stage == HEAD:
            return head_too_large(self._limits) if self._head_bytes > self._limits.head_bytes else None
        told = int(self._headers.get(b"content-length", b"0"))
        return body_too_large(self._limits) if told > self._limits.body_bytes else None

    def _measure_head(self) -> None:
        size = len(self._target) + sum(len(name) + len(value) + 4 for name, value in self._headers.items())
        if size > self._limits.head_bytes:
            raise head_too_large(self._limits)

    def _without_offer(self, rest: bytes) -> Refused | None:
        """Read a request that offers another protocol again, without its offer: HTTP/1.1 is all there is here."""
        kept = {name: value for name, value in self._headers.items() if name not in _OFFER}
        line = b"%b %b HTTP/1.1" % (self._parser.get_method(), self._target)
        self._parser = httptools.HttpRequestParser(self)
        return self._feed(line + lines_of(kept) + b"\r\n\r\n" + rest)
