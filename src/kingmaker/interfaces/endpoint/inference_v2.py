"""The Open Inference Protocol v2 over REST, as KServe and Triton speak it: the pipeline is the model."""

from collections.abc import Callable
from functools import wraps
from importlib.metadata import version as installed_version
from typing import Any, TypeVar

import msgspec

from kingmaker.domain.snapshot import ColumnKind
from kingmaker.interfaces.endpoint.asking import PlatformAsked
from kingmaker.interfaces.endpoint.columns import check_names, rows_of
from kingmaker.interfaces.endpoint.exchange import Exchange
from kingmaker.interfaces.endpoint.inference_answer import DATATYPES, Formed, form_answer
from kingmaker.interfaces.endpoint.inference_request import (
    HEADER_LENGTH,
    OUTPUTS,
    VERSION,
    InferenceRequest,
    read_request,
)
from kingmaker.interfaces.endpoint.inference_tensors import columns_of, row_of
from kingmaker.interfaces.endpoint.problems import Refused
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.interfaces.endpoint.scoring import standing_lineup
from kingmaker.serving.asked import Scored
from kingmaker.serving.desk import Desk
from kingmaker.serving.fields import Fields, Rows
from kingmaker.serving.lineup import Lane, Lineup

_BINARY = b"application/octet-stream"
_MODEL = "/v2/models/{name}"
_OF_VERSION = "/v2/models/{name}/versions/{version}"
_SHORTEST = 8
"""Digits of a version that name it."""

Self = TypeVar("Self")


def _answering(route: Callable[[Self, Exchange], None]) -> Callable[[Self, Exchange], None]:
    """The route, with what it refuses told as this protocol tells errors."""

    @wraps(route)
    def answered(self: Self, exchange: Exchange) -> None:
        try:
            route(self, exchange)
        except Refused as refused:
            answer_refused(exchange, refused)

    return answered


def answer_refused(exchange: Exchange, refused: Refused) -> None:
    """{"error": …}, with the code beside it."""
    what = f"{refused.where}: {refused.detail}" if refused.where else refused.detail
    told = f"{_ended(what)} {refused.remedy}" if refused.remedy else what
    exchange.answer(refused.status, msgspec.json.encode({"error": told, "code": refused.code}), headers=refused.headers)


class InferenceV2:
    """The routes. `is_ready` says whether the endpoint may be sent requests."""

    def __init__(self, desk: Desk, is_ready: Callable[[], bool]) -> None:
        self._desk = desk
        self._is_ready = is_ready

    def add_routes(self, router: Router) -> None:
        router.add("GET", "/v2", self.server)
        router.add("GET", "/v2/health/live", self.live, probe=True)
        router.add("GET", "/v2/health/ready", self.ready, probe=True)
        for path in (_MODEL, _OF_VERSION):
            router.add("GET", path, self.model)
            router.add("GET", f"{path}/ready", self.model_ready)
            router.add("POST", f"{path}/infer", self.infer)

    def server(self, exchange: Exchange) -> None:
        told = {"name": "kingmaker", "version": installed_version("kingmaker"), "extensions": ["binary_tensor_data"]}
        exchange.answer(200, msgspec.json.encode(told))

    def live(self, exchange: Exchange) -> None:
        exchange.answer(200, b'{"live":true}')

    def ready(self, exchange: Exchange) -> None:
        is_ready = self._is_ready()
        exchange.answer(200 if is_ready else 503, b'{"ready":true}' if is_ready else b'{"ready":false}')

    @_answering
    def model(self, exchange: Exchange) -> None:
        lineup = self._lineup(exchange)
        lane = _named(lineup, exchange) or lineup.champion
        exchange.answer(200, msgspec.json.encode(_metadata(lineup, lane)))

    @_answering
    def model_ready(self, exchange: Exchange) -> None:
        lineup = self._lineup(exchange)
        _named(lineup, exchange)
        told = {"name": lineup.standing.pointer.pipeline, "ready": self._is_ready()}
        exchange.answer(200 if told["ready"] else 503, msgspec.json.encode(told))

    @_answering
    def infer(self, exchange: Exchange) -> None:
        lineup = self._lineup(exchange)
        lane = _named(lineup, exchange)
        asked = InferenceAsked(exchange, self._desk, lineup.standing.pointer.pipeline, lane.short if lane else None)
        asked.submit()

    def _lineup(self, exchange: Exchange) -> Lineup:
        lineup = standing_lineup(self._desk)
        name, pipeline = exchange.parts["name"], lineup.standing.pointer.pipeline
        if name != pipeline:
            raise Refused(404, "no_such_model", f"there is no model `{name[:80]}`, only `{pipeline}`")
        return lineup


class InferenceAsked(PlatformAsked):
    """An inference request. With `version`, no other version may answer."""

    __slots__ = ("formed", "name", "request", "tensors", "version")

    def __init__(self, exchange: Exchange, desk: Desk, name: str, version: str | None) -> None:
        super().__init__(exchange, desk)
        self.name = name
        self.version = version
        self.request: InferenceRequest | None = None
        self.formed = Formed(b"", None)

    def read(self, fields: Fields) -> Rows:
        request, raw = read_request(self.exchange.body, self.exchange.header(HEADER_LENGTH))
        self.request = request
        row = row_of(request, fields) if not len(raw) else None
        if row is not None:
            check_names(list(row), fields, "input")
            return fields.read(msgspec.json.encode(row))
        columns, rows = columns_of(request, raw, fields)
        check_names(list(columns), fields, "input")
        return rows_of(columns, rows, fields)

    def form(self, scored: Scored, start: int) -> bytes:
        assert self.request is not None, "rows are scored after they have been read"
        assert self.rows is not None, "rows are scored after they have been read"
        stop = start + self.rows.count
        if self.version and any(version != self.version for version in scored.versions[start:stop]):
            raise Refused(
                409,
                "version_not_answering",
                f"version {self.version} does not answer for all of these applications now",
                remedy="Leave the version out of the path; the answer tells which one it is from.",
            )
        self.formed = form_answer(self.request, self.name, scored, start, stop)
        return self.formed.body

    def answer(self, body: bytes) -> None:
        if self.formed.json_bytes is None:
            self.exchange.answer(200, body)
            return
        length = {b"Inference-Header-Content-Length": b"%d" % self.formed.json_bytes}
        self.exchange.answer(200, body, _BINARY, length)

    def refuse(self, error: Exception) -> None:
        refused = self.told(error)
        if isinstance(refused, Refused):
            answer_refused(self.exchange, refused)
        else:
            self.exchange.refuse(refused)


def _named(lineup: Lineup, exchange: Exchange) -> Lane | None:
    """The lane whose version the path names; None when it names none. Raises Refused for a version that does not answer."""
    wanted = exchange.parts.get("version")
    if wanted is None:
        return None
    lanes = (lineup.champion, *([lineup.canary] if lineup.canary else []))
    for lane in lanes:
        if len(wanted) >= _SHORTEST and lane.deployed.version.startswith(wanted):
            return lane
    told = " and ".join(lane.short for lane in lanes)
    raise Refused(404, "no_such_version", f"version {wanted[:64]} does not answer here, {told} does")


def _metadata(lineup: Lineup, lane: Lane) -> dict[str, Any]:
    schema = lane.fields.schema
    inputs = [
        {"name": field.name, "datatype": "FP64" if field.kind is ColumnKind.NUMBER else "BYTES", "shape": [-1]}
        for field in schema.fields
    ]
    outputs = [{"name": name, "datatype": DATATYPES[name], "shape": [-1]} for name in (*OUTPUTS, VERSION)]
    return {
        "name": lineup.standing.pointer.pipeline,
        "versions": [lane.short],
        "platform": "kingmaker_bundle",
        "inputs": inputs,
        "outputs": outputs,
    }


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "…")) else f"{sentence}."
