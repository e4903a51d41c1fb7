"""A request that the wire has read whole, on its way to an answer."""

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kingmaker.interfaces.endpoint.exchange import JSON
from kingmaker.interfaces.endpoint.router import Served, raw_path

if TYPE_CHECKING:  # a connection makes its exchanges
    from kingmaker.interfaces.endpoint.connection import Connection

_NO_PARTS: Mapping[str, str] = {}


class HttpExchange:
    """Implements `Exchange`. What few routes ask for is worked out when it is asked for."""

    __slots__ = ("begun", "body", "connection", "headers", "parts", "persistence", "served", "target", "verb")

    def __init__(
        self,
        connection: "Connection",
        verb: bytes,
        target: bytes,
        headers: dict[bytes, bytes],
        body: bytes,
        persistence: int,
    ) -> None:
        self.connection: Connection | None = connection
        self.verb = verb
        self.target = target
        self.headers = headers
        self.body = body
        self.persistence = persistence
        self.begun = perf_counter()
        self.parts = _NO_PARTS
        self.served: Served | None = None

    @property
    def method(self) -> str:
        return self.verb.decode("ascii")

    @property
    def path(self) -> str:
        return unquote(raw_path(self.target))

    @property
    def query(self) -> bytes:
        return self.target.partition(b"?")[2] if b"?" in self.target else b""

    def header(self, name: bytes) -> bytes:
        return self.headers.get(name, b"")

    def answer(
        self, status: int, body: bytes, content_type: bytes = JSON, headers: Mapping[bytes, bytes] | None = None
    ) -> None:
        self._open().send(self, status, body, content_type, headers)

    def refuse(self, error: Exception) -> None:
        self._open().refuse(self, error)

    def _open(self) -> "Connection":
        if self.connection is None:
            message = f"a request for {self.path} was answered twice"
            raise RuntimeError(message)
        return self.connection
