"""A caller that says exactly the bytes it is told to, and reads answers one by one."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from json import loads
from typing import Any

PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> Any:
        """The problem's members; the answer must be one."""
        assert self.headers["content-type"] == "application/problem+json"
        told = loads(self.body)
        assert told["status"] == self.status
        return told

    @property
    def closes(self) -> bool:
        return self.headers.get("connection") == "close"


class Caller:
    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._unread = b""

    def says(self, data: bytes) -> None:
        self.sock.sendall(data)

    def asks(self, data: bytes) -> Answer:
        self.says(data)
        return self.hears()

    def hears(self, *, without_body: bool = False) -> Answer:
        """The next answer, whole."""
        while b"\r\n\r\n" not in self._unread:
            self._more()
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        line, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in lines)}
        status = int(line.split()[1])
        length = 0 if without_body or status == 100 else int(headers["content-length"])
        while len(self._unread) < length:
            self._more()
        body, self._unread = self._unread[:length], self._unread[length:]
        return Answer(status, headers, body)

    def hears_the_end(self) -> bool:
        """Whether nothing comes any more, and the connection is closed."""
        try:
            return self._unread == b"" and self.sock.recv(1) == b""
        except ConnectionError:
            return True

    def _more(self) -> None:
        data = self.sock.recv(65_536)
        assert data, f"the connection was closed after {self._unread!r}"
        self._unread += data


@contextmanager
def calling(port: int, trust: ssl.SSLContext | None = None) -> Iterator[Caller]:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as sock:
        if trust is None:
            yield Caller(sock)
        else:
            with trust.wrap_socket(sock, server_hostname="localhost") as wrapped:
                yield Caller(wrapped)


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: test", *headers, "", ""]).encode()


def post(path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: test", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def chunked(path: str, *chunks: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*filter(None, chunks), b""))
