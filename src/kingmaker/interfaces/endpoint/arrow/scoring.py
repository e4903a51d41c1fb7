"""POST /score with an Arrow stream: an Arrow stream of answers, batch for batch."""

from itertools import pairwise

import numpy as np

from kingmaker.interfaces.endpoint.arrow.stream import Batch, read_stream
from kingmaker.interfaces.endpoint.arrow.unreadable import ArrowCompressed, ArrowTooLong, ArrowUnreadable
from kingmaker.interfaces.endpoint.arrow.writing import Values, write_stream
from kingmaker.interfaces.endpoint.asking import PlatformAsked, decision_of
from kingmaker.interfaces.endpoint.columns import check_names, rows_of
from kingmaker.interfaces.endpoint.exchange import Exchange
from kingmaker.interfaces.endpoint.problems import Refused
from kingmaker.serving.asked import Scored
from kingmaker.serving.desk import Desk
from kingmaker.serving.fields import Fields, Rows
from kingmaker.serving.generous import shortened
from kingmaker.serving.refusals import RowsRefused

STREAM = b"application/vnd.apache.arrow.stream"
COLUMNS = ("id", "pd", "score", "grade", "decision", "version")

_REMEDY = "Send an Arrow IPC stream, uncompressed, of numbers, booleans, texts and dates."


class ArrowAsked(PlatformAsked):
    """Rows of an Arrow stream, and where its batches end."""

    __slots__ = ("ends",)

    def __init__(self, exchange: Exchange, desk: Desk) -> None:
        super().__init__(exchange, desk)
        self.ends: list[int] = []

    def read(self, fields: Fields) -> Rows:
        names, batches = _stream(self.exchange.body, fields)
        check_names(names, fields, "column")
        parts = [_rows(batch, place, fields) for place, batch in enumerate(batches, 1)]
        self.ends = np.cumsum([0, *(part.count for part in parts)]).tolist()
        return _joined(parts, fields)

    def form(self, scored: Scored, start: int) -> bytes:
        assert self.rows is not None, "rows are scored after they have been read"
        stop = start + self.rows.count
        ids = [None if id_ is None else str(id_) for id_ in self.rows.ids]
        columns: tuple[Values, ...] = (
            ids,
            np.array(scored.pd[start:stop], dtype=np.float64),
            np.array(scored.score[start:stop], dtype=np.int64),
            scored.grade[start:stop],
            [decision_of(approved) for approved in scored.approved[start:stop]],
            scored.versions[start:stop],
        )
        spans = list(pairwise(self.ends)) or [(0, 0)]
        return write_stream(COLUMNS, [[values[first:last] for values in columns] for first, last in spans])

    def answer(self, body: bytes) -> None:
        self.exchange.answer(200, body, STREAM)


class ArrowScoring:
    """The route that `Scoring` hands Arrow streams and files to."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def score(self, exchange: Exchange) -> None:
        ArrowAsked(exchange, self._desk).submit()


def _stream(body: bytes, fields: Fields) -> tuple[tuple[str, ...], list[Batch]]:
    known = {*fields.columns, *fields.id_columns}
    try:
        return read_stream(body, known.__contains__, fields.accepting.most_rows)
    except ArrowCompressed as error:
        raise Refused(415, "encoding_unsupported", error.detail, remedy=_REMEDY) from error
    except ArrowTooLong as error:
        raise RowsRefused(error.detail, code="rows_too_many", remedy="Send them in several requests.") from error
    except ArrowUnreadable as error:
        code = "field_invalid" if error.where else "body_malformed"
        raise RowsRefused(error.detail, code=code, where=shortened(error.where), remedy=_REMEDY) from error


def _rows(batch: Batch, place: int, fields: Fields) -> Rows:
    try:
        return rows_of(batch.columns, batch.rows, fields)
    except RowsRefused as error:
        raise RowsRefused(
            error.what, code=error.code, where=f"batch {place}, {error.where}", remedy=error.remedy
        ) from error


def _joined(parts: list[Rows], fields: Fields) -> Rows:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return rows_of({}, 0, fields)
    num, cat = fields.matrices(parts)
    return Rows([id_ for part in parts for id_ in part.ids], num=num, cat=cat)
