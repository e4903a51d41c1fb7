"""The server itself: HTTP over a socket of this machine, with the account's signature checked and faults where they are due."""

import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qsl, unquote, urlparse

from odps.accounts import CloudAccount
from tests.sources.maxcompute.server import answers
from tests.sources.maxcompute.server.answers import Answer
from tests.sources.maxcompute.server.faults import Act, Fault, Faults, Kind
from tests.sources.maxcompute.server.instances import Instances
from tests.sources.maxcompute.server.rest import Asked, Rest
from tests.sources.maxcompute.server.tables import Tables
from tests.sources.maxcompute.server.tunnel import Tunnel

ACCESS_ID = "the-id"
ACCESS_KEY = "the-key-nobody-may-read"
PROJECT = "lending"
BASE = "/api"
_PIECE = 2048


class Service:
    """A project `lending`. Its parts are looked at and set by tests; `endpoint` is where PyODPS finds it."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.tables = Tables()
        self.instances = Instances(self.tables)
        self.rest = Rest(self.tables, self.instances, PROJECT)
        self.tunnel = Tunnel(self.tables)
        self.seen: list[str] = []
        service = self

        class Desk(_Desk):
            of = service

        self._server = _Server(("127.0.0.1", 0), Desk)
        self.broken = self._server.broken = []
        self.rest.address = f"127.0.0.1:{self._server.server_port}"
        self.endpoint = f"http://{self.rest.address}{BASE}"

    def open(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), name="MaxCompute", daemon=True).start()

    def close(self) -> None:
        self.faults.clear()
        self._server.shutdown()
        self._server.server_close()
        self.tables.database.close()

    def answer(self, asked: Asked, signed: bool) -> tuple[Answer, Fault | None, Kind]:
        """May hold the caller. The fault is left for the stream of rows, or asks for the connection's end."""
        inside = asked.path.startswith(BASE)
        place = self.rest if inside else self.tunnel
        asked = Asked(asked.method, asked.path.removeprefix(BASE), asked.query, asked.headers, asked.body)
        kind = place.kind(asked)
        fault = self.faults.next(kind)
        act = fault.act if fault else None
        if act is Act.HOLD_BEFORE:
            self.faults.hold(kind)
        refusal = None if signed else answers.error(401, "Unauthorized", "The signature does not match.")
        if act is Act.DROP_BEFORE:
            return Answer(), fault, kind
        answer = refusal or _refusal(act, asked) or place.answer(asked)
        if act is Act.HOLD_AFTER:
            self.faults.hold(kind)
        return answer, fault, kind


def _refusal(act: Act | None, asked: Asked) -> Answer | None:
    if act is Act.THROTTLE:
        return answers.error(429, "FlowExceeded", "Your flow quota is exceeded.")
    if act is Act.UNAVAILABLE:
        return answers.error(503, "ServiceUnavailable", "Service is temporarily unavailable.")
    if act is Act.FORGET:
        return answers.error(404, "NoSuchDownload", "The specified download id does not exist.")
    if act is Act.NO_ARROW and "arrow" in asked.query:
        return answers.error(400, "InvalidArgument", "Arrow is not supported.")
    return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    broken: list[str]

    def handle_error(self, *_: object) -> None:
        """Clients are killed on purpose; anything else is a mistake of the server."""
        if not isinstance(sys.exception(), ConnectionError):
            self.broken.append(traceback.format_exc())


class _Desk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    of: Service

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlparse(self.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.of.seen.append(f"{self.command} {self.path}")
        asked = Asked(self.command, unquote(url.path), query, headers, body)
        answer, fault, kind = self.of.answer(asked, self._signed())
        act = fault.act if fault else None
        if act in {Act.DROP_BEFORE, Act.DROP_AFTER}:
            self._break_off()
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.stream:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if not answer.stream:
            self.wfile.write(answer.body)
        else:
            self._stream(answer.body, fault, kind)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

    def _signed(self) -> bool:
        """By the account, as PyODPS signs."""
        account = CloudAccount(ACCESS_ID, ACCESS_KEY)
        base = BASE if self.path.startswith(BASE) else ""
        request = SimpleNamespace(method=self.command, headers=dict(self.headers.items()))
        canonical = account._build_canonical_str(
            urlparse(unquote(self.path[len(base) :]), allow_fragments=False), request
        )
        return self.headers.get("Authorization") == account.calc_auth_str(canonical)

    def _stream(self, body: bytes, fault: Fault | None, kind: Kind) -> None:
        act = fault.act if fault else None
        size = min(fault.size, len(body)) if fault and act in {Act.CUT, Act.END, Act.STALL} else len(body)
        if act is Act.SPOIL:
            middle = len(body) // 2
            body = body[:middle] + bytes([body[middle] ^ 0x55]) + body[middle + 1 :]
        for place in range(0, size, _PIECE):
            piece = body[place : min(place + _PIECE, size)]
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.flush()
        if act is Act.STALL:
            self.of.faults.hold(kind)
        if act in {Act.CUT, Act.STALL}:
            self._break_off()
            return
        self.wfile.write(b"0\r\n\r\n")

    def _break_off(self) -> None:
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """The server says nothing by itself."""


@contextmanager
def serving() -> Iterator[Service]:
    service = Service()
    service.open()
    try:
        yield service
    finally:
        service.close()
    assert not service.broken, service.broken[0]
