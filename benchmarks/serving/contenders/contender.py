"""A contender: how one server is installed, prepared, started, asked and understood."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.serving.questions import Row

SERVING = Path(__file__).resolve().parents[1]
PEERS = SERVING / "peers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a contender runs: the folder of the model and questions, its Python's folder of programs, and its port."""

    folder: Path
    programs: Path
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """`path` may differ for lists. `body` writes a question, `pds` reads its answer; both for one row and for many.

    `requirements` is a file of pinned packages, None for what runs in the environment of the benchmark itself.
    `hello` is a path that scores nothing; `unlogged` counts, in what is at `metrics`, the answered rows that were not logged.
    `prepare` leaves in the folder what the server reads; it is done once, before the first start.
    """

    name: str
    title: str
    requirements: Path | None
    command: Callable[[Place], Sequence[str]]
    body: Callable[[Sequence[Row]], bytes]
    pds: Callable[[bytes], list[float]]
    path: str
    path_of_many: str
    prepare: Callable[[Place], None] = lambda _place: None
    environment: Callable[[Place], Mapping[str, str]] = lambda _place: {}
    hello: str = ""
    metrics: str = ""
    unlogged: Callable[[str], int] = lambda _metrics: 0
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})

    def path_for(self, rows: int) -> str:
        return self.path if rows == 1 else self.path_of_many


def compact(document: object) -> bytes:
    """JSON without blanks, so that no contender reads more than another."""
    return json.dumps(document, separators=(",", ":")).encode()
