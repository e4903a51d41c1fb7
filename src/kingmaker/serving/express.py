"""The express lane: single rows of plain JSON, from their bytes to their answers' in a few steps for all of them together.

It exists where a champion answers alone, reads numbers only, and is answered for by the compiled library. What it does not
take goes the general way, with the same answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kingmaker.bundle.native.library import library
from kingmaker.bundle.native.reader import MOST_COLUMNS, RowReader
from kingmaker.bundle.scorer import Floats, Scores
from kingmaker.bundle.stepped import SteppedGraph
from kingmaker.serving.answers import Answer, Decision, encode
from kingmaker.serving.fields import NOT_IN_A_NAME, Fields, Id
from kingmaker.serving.journal.entry import Batch

MOST_ROWS = 256
"""Rows that are answered together."""


class Plain(Protocol):
    """A request of one small JSON body, as its protocol's adapter has it."""

    @property
    def body(self) -> bytes: ...

    def answer(self, status: int, body: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Expressed:
    """The body of each row's answer, None for a row that must go the general way; and the batch of those that did not."""

    bodies: Sequence[bytes | None]
    batch: Batch | None


class Express:
    """Belongs to the event loop's thread."""

    def __init__(self, fields: Fields, graph: SteppedGraph, reader: RowReader, version: str) -> None:
        self._schema = fields.schema
        self._graph = graph
        self._reader = reader
        self._version = version
        self._endings: dict[tuple[float, float, float], bytes] = {}

    def answer(self, bodies: Sequence[bytes], at: float) -> Expressed:
        """At most `MOST_ROWS` single rows, answered at `at` seconds since 1970."""
        num, ids, unread = self._reader.read(bodies)
        if unread:
            return self._some(bodies, unread, at)
        answers = self._graph.answers(num)
        told = self._told(answers, ids)
        return Expressed(told, self._batch(answers, num, ids, at))

    def _some(self, bodies: Sequence[bytes], unread: Sequence[int], at: float) -> Expressed:
        """Without those that could not be read this way."""
        left = set(unread)
        kept = [place for place in range(len(bodies)) if place not in left]
        told: list[bytes | None] = [None] * len(bodies)
        if not kept:
            return Expressed(told, None)
        found = self.answer([bodies[place] for place in kept], at)
        for place, body in zip(kept, found.bodies, strict=True):
            told[place] = body
        return Expressed(told, found.batch)

    def _told(self, answers: Floats, ids: Sequence[Id]) -> list[bytes]:
        """As msgspec writes an `Answer`: the pds in one go, and what follows the pd once for each score that comes up."""
        pds, scores, places, approved, _ = answers.tolist()
        endings, told = self._endings, []
        for pd, key, id_ in zip(encode(pds)[1:-1].split(b","), zip(scores, places, approved, strict=True), ids, strict=True):
            ending = endings.get(key) or self._ending(*key)
            told.append(b'{"pd":%b,%b' % (pd, ending) if id_ is None else b'{"pd":%b,%b,"id":%b}' % (pd, ending[:-1], encode(id_)))
        return told

    def _ending(self, score: float, place: float, approved: float) -> bytes:
        decision: Decision = "approve" if approved else "decline"
        whole = encode(Answer(0.0, int(score), self._graph.grades[int(place)], decision, self._version[:12]))
        ending = self._endings[score, place, approved] = whole.partition(b",")[2]
        return ending

    def _batch(self, answers: Floats, num: Floats, ids: Sequence[Id], at: float) -> Batch:
        return Batch(
            at=at,
            role="champion",
            version=self._version,
            schema=self._schema,
            ids=[None if id_ is None else str(id_) for id_ in ids],
            num=num,
            cat=None,
            scores=Scores(**self._graph.told(answers), terms=None),
        )


def express_of(fields: Fields, graph: SteppedGraph | None, version: str) -> Express | None:
    """The express lane of one version; None where it needs the general way."""
    found, schema = library(), fields.schema
    if graph is None or found is None or found.read is None or graph.reads_texts or schema.categories:
        return None
    numbers = [field.name for field in schema.numbers]
    names = (*numbers, *fields.id_columns)
    if len(names) > MOST_COLUMNS or any(NOT_IN_A_NAME.intersection(name) for name in names):
        return None
    return Express(fields, graph, RowReader(found, numbers, fields.id_columns, MOST_ROWS), version)

