"""GET /schema: OpenAPI 3.1, made from the inputs of the model in force."""

from collections.abc import Callable, Sequence
from importlib.metadata import version as installed_version
from typing import Any

import msgspec

from kingmaker.interfaces.endpoint.described_paths import (
    PROBLEM,
    metrics_path,
    probe_path,
    reading_path,
    score_path,
)
from kingmaker.interfaces.endpoint.described_rows import answer_schema, examples, row_schema
from kingmaker.interfaces.endpoint.exchange import Exchange
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.interfaces.endpoint.scoring import standing_lineup
from kingmaker.serving.desk import Desk
from kingmaker.serving.lineup import Lineup

Document = dict[str, Any]

Paths = Callable[[Lineup], Document]
"""The paths of one contract, by path, for the model in force."""


class OpenApi:
    """Describes the endpoint's own paths and those of other `contracts`. The answer is made once a line-up."""

    def __init__(self, desk: Desk, contracts: Sequence[Paths] = (), *, tokens: bool = False) -> None:
        self._desk = desk
        self._contracts = contracts
        self._tokens = tokens
        self._told: tuple[Lineup, bytes] | None = None

    def add_routes(self, router: Router) -> None:
        router.add("GET", "/schema", self.schema)

    def schema(self, exchange: Exchange) -> None:
        lineup = standing_lineup(self._desk)
        if self._told is None or self._told[0] is not lineup:
            self._told = (lineup, msgspec.json.encode(document(lineup, self._contracts, tokens=self._tokens)))
        exchange.answer(200, self._told[1])


def document(lineup: Lineup, contracts: Sequence[Paths] = (), *, tokens: bool = False) -> Document:
    """The whole description. With `tokens` callers show a bearer token."""
    pointer = lineup.standing.pointer
    paths = own_paths(lineup)
    for contract in contracts:
        paths |= contract(lineup)
    told: Document = {
        "openapi": "3.1.0",
        "info": {
            "title": f"Kingmaker: {pointer.pipeline}",
            "version": installed_version("kingmaker"),
            "description": f"Scores applications with version {lineup.champion.short} of {pointer.pipeline}.",
        },
        "paths": paths,
        "components": {
            "schemas": {"Row": row_schema(lineup), "Answer": answer_schema(lineup), "Problem": PROBLEM},
        },
    }
    if tokens:
        told["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        told["security"] = [{"token": []}]
    return told


def own_paths(lineup: Lineup) -> Document:
    """The endpoint's own contract."""
    return {
        "/score": score_path(lineup.champion.fields.accepting.most_rows, examples(lineup)),
        "/model": reading_path("model", "Which version answers, where it comes from, and how it decides"),
        "/schema": reading_path("schema", "This description"),
        "/health/live": probe_path("live", "Whether the process is up"),
        "/health/ready": probe_path("ready", "Whether a proven model answers"),
        "/metrics": metrics_path(),
    }
