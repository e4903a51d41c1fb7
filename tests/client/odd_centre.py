"""A server that answers what it is told to, so that a client meets what a proper control centre seldom does."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """`cut` ends the connection after so many bytes of the body."""

    status: int = 200
    body: bytes = b"null"
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    cut: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class OddCentre:
    """Says `answers` one after the other, and the last one for ever; remembers what it `heard`."""

    url: str
    answers: list[Answer]
    heard: list[Heard] = field(default_factory=list)

    def will_say(self, *answers: Answer) -> None:
        self.answers[:] = answers

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def record(told: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps(told).encode(), {"Content-Type": "application/json", **headers})


def refusal(status: int, code: str, detail: str = "no", **headers: str) -> Answer:
    told = {"title": "-", "status": status, "code": code, "detail": detail, "where": "there", "remedy": "Do it."}
    return Answer(status, json.dumps(told).encode(), {"Content-Type": PROBLEM, **headers})


@contextmanager
def odd_centre() -> Iterator[OddCentre]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    centre = OddCentre(f"http://127.0.0.1:{server.server_address[1]}", [Answer()])
    server.centre = centre  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield centre
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        centre: OddCentre = self.server.centre  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        centre.heard.append(Heard(self.command, self.path, dict(self.headers), body))
        answer = centre.next()
        if answer.status == 0:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body[: answer.cut])
        self.close_connection = answer.cut is not None

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


GONE = Answer(status=0)
"""The connection ends without a word."""
