"""A real HTTP server over a folder, as a control centre or a static host would answer; and worse ones."""

import hashlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar


@dataclass
class Manners:
    """How a server behaves. `drip`: seconds between single bytes of a body; `cut`: how many bytes of one are sent at most."""

    etag: bool = True
    waits: bool = True
    ranges: bool = True
    takes: bool = True
    token: str = ""
    drip: float = 0.0
    cut: int | None = None
    longer: int = 0
    endless_heads: bool = False
    fickle: bool = False
    """Every answer has a tag of its own."""
    spared: str = "nothing"
    """Paths that begin so neither drip nor grow."""
    status: int = 0
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """(method, path, range) of every request."""
    sent: int = 0
    """Bytes of bodies."""
    over: threading.Event = field(default_factory=threading.Event)


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: ClassVar[Path]
    manners: ClassVar[Manners]

    def do_GET(self) -> None:
        manners = self.manners
        manners.asked.append(("GET", self.path, self.headers.get("Range", "")))
        if self._is_refused():
            return
        path = self.folder / self.path.lstrip("/")
        known = self.headers.get("If-None-Match") if manners.etag else None
        until = monotonic() + (float(self.headers.get("Prefer", "wait=0").partition("=")[2]) if manners.waits else 0.0)
        while known and path.is_file() and _tag(path) == known:
            if monotonic() >= until or manners.over.wait(0.01):
                self._head(304, 0, known)
                return
        if not path.is_file():
            self._head(404, 0)
            return
        self._send(path.read_bytes(), _tag(path))

    def do_PUT(self) -> None:
        self.manners.asked.append(("PUT", self.path, ""))
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self._is_refused():
            return
        path = self.folder / self.path.lstrip("/")
        if self.manners.takes:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self._head(204 if self.manners.takes else 501, 0)

    def _is_refused(self) -> bool:
        wanted = f"Bearer {self.manners.token}" if self.manners.token else self.headers.get("Authorization")
        status = self.manners.status or (401 if self.headers.get("Authorization") != wanted else 0)
        if status:
            self._head(status, 0)
        return bool(status)

    def _send(self, data: bytes, tag: str) -> None:
        spared = self.path.startswith(self.manners.spared)
        data += b"" if spared else b"x" * self.manners.longer
        asked = self.headers.get("Range", "")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.manners.ranges else 0
        if start >= len(data) > 0:
            self._head(416, 0)
            return
        body = data[start:]
        self._head(206 if start else 200, len(body), tag, f"bytes {start}-{len(data) - 1}/{len(data)}" if start else "")
        for piece in self._pieces(body[: self.manners.cut], 0.0 if spared else self.manners.drip):
            self.manners.sent += len(piece)  # before it is sent: whoever has received it may look at once
            self.wfile.write(piece)
        if self.manners.cut is not None:
            self.close_connection = True

    def _pieces(self, body: bytes, drip: float) -> Iterator[bytes]:
        if not drip:
            yield body
            return
        for index in range(len(body)):
            yield body[index : index + 1]
            if self.manners.over.wait(drip):
                return

    def _head(self, status: int, length: int, tag: str = "", of: str = "") -> None:
        self.send_response(status)
        if self.manners.endless_heads:
            while not self.manners.over.wait(0.01):
                self.wfile.write(b"X")
        self.send_header("Content-Length", str(length))
        if tag and self.manners.etag:
            self.send_header("ETag", f'"{monotonic()}"' if self.manners.fickle else tag)
        if of:
            self.send_header("Content-Range", of)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Callers that break off are no errors."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        pass


@contextmanager
def answering(folder: Path, manners: Manners, *, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The server's URL, for as long as the block runs."""
    handler = type("AnsweringOneFolder", (Answering,), {"folder": folder, "manners": manners})
    server = Server(("127.0.0.1", port), handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        manners.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _tag(path: Path) -> str:
    return f'"{hashlib.sha256(path.read_bytes()).hexdigest()[:32]}"'
