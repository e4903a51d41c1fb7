"""One HTTP request and its answer, with an end to how long it may take, and a way to break it off from another thread."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from io import BufferedReader, RawIOBase
from pathlib import Path
from ssl import SSLContext, create_default_context
from threading import Lock
from time import monotonic
from typing import Any, BinaryIO
from urllib.parse import SplitResult, urlsplit

from kingmaker.ports.depot import DepotUnreachable


class Site:
    """A server under a base URL. One connection a request; safe for several threads.

    `silence_seconds` is how long a server that answers may say nothing. `authority` is a file of CA certificates, instead of
    the system's.
    """

    def __init__(
        self, base: str, *, token: str = "", authority: Path | None = None, silence_seconds: float = 10.0
    ) -> None:
        self.base = base.rstrip("/")
        self._url = _parsed(self.base)
        self._token = token
        self._trust = _trust(authority) if self._url.scheme == "https" else None
        self._silence = silence_seconds
        self._open: set[socket.socket] = set()
        self._over = False
        self._lock = Lock()

    @contextmanager
    def got(
        self, place: str, *, seconds: float, headers: Mapping[str, str], waits: float = 0.0
    ) -> Iterator[HTTPResponse]:
        """The answer to a GET, whose body is still to be read; `waits` of the `seconds` the server may say nothing.

        Raises DepotUnreachable when it is not all there in time, or broken off.
        """
        with self._connected(place, seconds, waits) as connection, self._breakable(connection.sock):
            connection.request("GET", f"{self._url.path}/{place}", headers=self._with_token(headers))
            yield connection.getresponse()

    @contextmanager
    def put(self, place: str, content: bytes | BinaryIO, size: int, *, seconds: float) -> Iterator[HTTPResponse]:
        """The answer to a PUT of `size` bytes. Raises DepotUnreachable when there is none in time."""
        headers = self._with_token({"Content-Length": str(size)})
        with self._connected(place, seconds) as connection:
            connection.request("PUT", f"{self._url.path}/{place}", body=content, headers=headers)
            yield connection.getresponse()

    def break_off(self) -> None:
        """End every GET that is under way or comes later; each raises DepotUnreachable."""
        with self._lock:
            self._over = True
            for sock in self._open:
                with suppress(OSError):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

    @contextmanager
    def _connected(self, place: str, seconds: float, waits: float = 0.0) -> Iterator[HTTPConnection]:
        connection = self._connection(monotonic() + seconds, self._silence + waits)
        try:
            connection.connect()
            yield connection
        except (OSError, HTTPException, ValueError) as error:
            raise DepotUnreachable(
                f"no proper answer ({_told(error)})", where=f"{self.base}/{place}", remedy="It is asked again."
            ) from error
        finally:
            connection.close()

    def _connection(self, deadline: float, silence: float) -> HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        made = (
            HTTPConnection(host, port, timeout=silence)
            if self._trust is None
            else HTTPSConnection(host, port, timeout=silence, context=self._trust)
        )
        made.response_class = partial(_Answer, deadline=deadline)  # type: ignore[assignment]
        return made

    def _with_token(self, headers: Mapping[str, str]) -> dict[str, str]:
        given = {"Accept-Encoding": "identity", "User-Agent": "kingmaker", **headers}
        return given | {"Authorization": f"Bearer {self._token}"} if self._token else given

    @contextmanager
    def _breakable(self, sock: socket.socket) -> Iterator[None]:
        with self._lock:
            if self._over:
                raise ConnectionAbortedError("broken off")
            self._open.add(sock)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(sock)


class _Answer(HTTPResponse):
    """An answer that is read until a deadline, however slowly its bytes drip."""

    def __init__(self, sock: socket.socket, *rest: Any, deadline: float, **named: Any) -> None:
        timely: Any = BufferedReader(_Timely(sock, deadline))
        super().__init__(sock, *rest, **named)
        self.fp.close()
        self.fp = timely


class _Timely(RawIOBase):
    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if monotonic() > self._deadline:
            raise TimeoutError("it took too long")
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _parsed(base: str) -> SplitResult:
    url = urlsplit(base)
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise DepotUnreachable("this is not a URL of a server", where=base, remedy="Name it as https://host/path.")
    return url


def _trust(authority: Path | None) -> SSLContext:
    try:
        return create_default_context(cafile=authority)
    except OSError as error:
        raise DepotUnreachable(
            f"the certificates cannot be read ({error.strerror or error})",
            where=str(authority),
            remedy="Name a PEM file.",
        ) from error


def _told(error: Exception) -> str:
    return str(error) or type(error).__name__
