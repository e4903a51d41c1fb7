"""The express lane: single rows of plain JSON, from their bytes to their answers' in a few steps for all of them together.

It exists where a champion answers alone, reads numbers only, and is answered for by the compiled library. What it does not
take goes the general way, with the same answers.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from kingmaker.bundle.native.forest import Floats
from kingmaker.bundle.native.library import library
from kingmaker.bundle.native.reader import MOST_COLUMNS, RowReader, Rows
from kingmaker.bundle.native.slab import Slab
from kingmaker.bundle.stepped import SteppedGraph
from kingmaker.serving.answers import Answer, Decision, encode
from kingmaker.serving.deployed import Deployed
from kingmaker.serving.fields import NOT_IN_A_NAME, Fields, Id
from kingmaker.serving.journal.entry import Batch, Stepped

MOST_ROWS = 256
"""Rows that are answered together."""

_BEGINNING = b'{"pd":'


class Plain(Protocol):
    """A request of one small JSON body, as its protocol's adapter has it."""

    @property
    def body(self) -> bytes: ...

    def answer(self, status: int, body: bytes) -> None: ...


class Expressed(NamedTuple):
    """The body of each row's answer, None for a row that must go the general way; and the batch of those that did not."""

    bodies: Sequence[bytes | None]
    batch: Batch | None


class Express:
    """Belongs to the event loop's thread."""

    def __init__(self, deployed: Deployed, graph: SteppedGraph, reader: RowReader) -> None:
        self._schema = deployed.bundle.schema
        self._version, self._short = deployed.version, deployed.bundle.short
        self._graph = graph
        self._reader = reader
        self._slab = Slab()
        self._endings: dict[tuple[float, float, float], bytes] = {}

    def answer(self, bodies: Sequence[bytes], at: float) -> Expressed:
        """At most `MOST_ROWS` single rows, answered at `at` seconds since 1970."""
        rows = self._reader.read(bodies)
        if rows.unread:
            return self._some(bodies, rows.unread, at)
        answers = self._graph.answers(rows.address, len(bodies), self._slab)
        told = self._told(answers)
        if rows.ids is not None:
            told = [_with_id(body, id_) for body, id_ in zip(told, rows.ids, strict=True)]
        return Expressed(told, self._batch(rows, answers, at))

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

    def _told(self, answers: Floats) -> list[bytes]:
        """As msgspec writes an `Answer`: the pds in one go, and what follows the pd once for each score that comes up."""
        pds, scores, places, approved, _ = answers.tolist()
        parts, endings = encode(pds)[1:-1].split(b","), self._endings
        try:
            return [
                _BEGINNING + pd + endings[key]
                for pd, key in zip(parts, zip(scores, places, approved, strict=True), strict=True)
            ]
        except KeyError:
            endings.update({key: self._ending(*key) for key in zip(scores, places, approved, strict=True)})
        return self._told(answers)

    def _ending(self, score: float, place: float, approved: float) -> bytes:
        decision: Decision = "approve" if approved else "decline"
        whole = encode(Answer(0.0, int(score), self._graph.grades[int(place)], decision, self._short))
        return whole.removeprefix(_BEGINNING + b"0.0")

    def _batch(self, rows: Rows, answers: Floats, at: float) -> Batch:
        ids = rows.ids
        return Batch(
            at=at,
            role="champion",
            version=self._version,
            schema=self._schema,
            ids=[None] * len(rows.values) if ids is None else [None if id_ is None else str(id_) for id_ in ids],
            num=rows.values,
            cat=None,
            scores=Stepped(self._graph, answers),
        )


def _with_id(body: bytes, id_: Id) -> bytes:
    return body if id_ is None else b'%b,"id":%b}' % (body[:-1], encode(id_))


def express_of(deployed: Deployed, fields: Fields) -> Express | None:
    """The express lane of one version; None where it needs the general way."""
    found, graph, schema = library(), deployed.scorer.stepped, fields.schema
    if found is None or found.read is None or graph is None:
        return None
    numbers = [field.name for field in schema.numbers]
    names = (*numbers, *fields.id_columns)
    if (
        graph.reads_texts
        or not graph.width == len(numbers) == len(schema.fields)
        or len(names) > MOST_COLUMNS
        or any(NOT_IN_A_NAME.intersection(name) for name in names)
    ):
        return None
    return Express(deployed, graph, RowReader(found, numbers, fields.id_columns, MOST_ROWS))
