"""Somebody at a browser, as far as the server sees: logged in, asking for pages one after another."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from time import perf_counter
from typing import Final

from benchmarks.web_ui.home import PASSWORD
from benchmarks.web_ui.lived import HELD, PIPELINE, PROMOTED

PATIENCE: Final = 120.0

PAGES: Final = {
    "overview": "/",
    "runs": "/runs",
    "runs, of one pipeline": f"/runs?pipeline={PIPELINE}",
    "runs, failed ones": "/runs?state=failed",
    "runs, from the middle": "/runs?before=5000",
    "run": f"/runs/{HELD}",
    "run under way": "/runs/10001",
    "run: data": f"/runs/{HELD}/data",
    "run: recipe": f"/runs/{HELD}/recipe",
    "run: trials": f"/runs/{HELD}/trials",
    "run: trials by overfit": f"/runs/{HELD}/trials?order=overfit",
    "run: trials, the last": f"/runs/{HELD}/trials?page=100",
    "verdict": f"/runs/{PROMOTED}/verdict",
    "pipeline": f"/pipelines/{PIPELINE}",
    "pipeline, years ago": f"/pipelines/{PIPELINE}?before=400",
    "declaration": f"/pipelines/{PIPELINE}/declaration",
    "monitoring": f"/pipelines/{PIPELINE}/monitoring",
    "model": f"/pipelines/{PIPELINE}/models/champion",
    "new pipeline": "/pipelines/new",
    "replays": "/replays",
    "endpoints": "/endpoints",
    "endpoints, troubled ones": "/endpoints?troubled=true",
    "schedules": "/schedules",
    "access": "/access",
    "audit": "/audit",
    "audit, of one person": "/audit?by=person+39",
    "notices": "/notices",
    "oneself": "/me",
}
JSON: Final = {
    "runs": "/api/v1/runs?limit=50",
    "runs of one pipeline": f"/api/v1/runs?limit=50&pipeline={PIPELINE}",
    "account of a run": f"/api/v1/runs/{HELD}/account",
    "trials": f"/api/v1/runs/{HELD}/trials?limit=100",
    "trials by overfit": f"/api/v1/runs/{HELD}/trials?limit=100&order=overfit",
    "pipelines": "/api/v1/pipelines",
    "glance": "/api/v1/glance",
    "figures": f"/api/v1/pipelines/{PIPELINE}/figures",
    "versions": f"/api/v1/pipelines/{PIPELINE}/versions",
    "endpoints of one pipeline": f"/api/v1/pipelines/{PIPELINE}/endpoints",
    "endpoints": "/api/v1/endpoints?limit=1000",
    "audit": "/api/v1/audit?limit=100",
    "notices": "/api/v1/notices?limit=100",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`sent` bytes came over the wire, `whole` is what they unpack to."""

    status: int
    seconds: float
    sent: int
    whole: int
    body: bytes


class Visitor:
    """One connection that is kept, and the session of whoever logged in with it."""

    def __init__(self, port: int, name: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        said = json.dumps({"name": name, "password": PASSWORD})
        self._connection.request("POST", "/api/v1/login", said, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        answer.read()
        self.cookie = str(answer.getheader("Set-Cookie")).partition(";")[0]

    def asks(self, path: str) -> Answer:
        """Until the last byte has come."""
        headers = {"Cookie": self.cookie, "Accept": "text/html", "Accept-Encoding": "gzip"}
        began = perf_counter()
        self._connection.request("GET", path, headers=headers)
        answer = self._connection.getresponse()
        sent = answer.read()
        seconds = perf_counter() - began
        if answer.status in {303, 307}:
            return self.asks(str(answer.getheader("Location")))
        is_packed = answer.getheader("Content-Encoding") == "gzip"
        body = gzip.decompress(sent) if is_packed else sent
        return Answer(status=answer.status, seconds=seconds, sent=len(sent), whole=len(body), body=body)

    def leave(self) -> None:
        self._connection.close()


@contextmanager
def visiting(port: int, name: str) -> Iterator[Visitor]:
    visitor = Visitor(port, name)
    try:
        yield visitor
    finally:
        visitor.leave()
