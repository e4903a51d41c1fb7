"""A record batch's columns over the bytes it lies in: numbers are views of them, texts are read once for each level."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.scorer import Booleans
from kingmaker.interfaces.endpoint.arrow.fields import VIEWS, ArrowField, ArrowType, Kind
from kingmaker.interfaces.endpoint.arrow.flat import FlatTable
from kingmaker.interfaces.endpoint.arrow.levels import dates, decimals, texts, viewed_texts
from kingmaker.interfaces.endpoint.arrow.unreadable import ArrowCompressed, ArrowUnreadable
from kingmaker.interfaces.endpoint.columns import Coded, Column, Plain

Dictionaries = Mapping[int, list[object]]

_OFFSETS = {Kind.TEXT: "<i4", Kind.LARGE_TEXT: "<i8"}
_NEEDS = "numbers, booleans, texts, dates, or dictionaries of them"


class BatchBody:
    """Hands out the buffers of one batch in order, each within the body."""

    def __init__(self, batch: FlatTable, body: memoryview) -> None:
        """Raises ArrowCompressed for a compressed body."""
        if batch.table(3) is not None:
            raise ArrowCompressed("the stream is compressed, and only uncompressed ones are read")
        self.rows = batch.number(0, "q", 0)
        if self.rows < 0:
            raise ArrowUnreadable(f"a batch has {self.rows} rows")
        self._body = body
        self._nodes: Iterator[tuple[int, ...]] = iter(batch.integers(1, 2))
        self._buffers: Iterator[tuple[int, ...]] = iter(batch.integers(2, 2))
        self._variadic: Iterator[tuple[int, ...]] = iter(batch.integers(4))

    def node(self) -> tuple[int, int]:
        """Rows and nulls of the next column, or of a column within one."""
        rows, nulls = self._next(self._nodes)
        return rows, nulls

    def buffer(self) -> memoryview:
        start, length = self._next(self._buffers)
        if start < 0 or length < 0 or start + length > len(self._body):
            raise ArrowUnreadable("a buffer lies outside of its batch")
        return self._body[start : start + length]

    def variadic(self) -> list[memoryview]:
        """The buffers that a column of views points into."""
        count = self._next(self._variadic)[0]
        if count < 0:
            raise ArrowUnreadable("a column of views has fewer than no buffers")
        return [self.buffer() for _ in range(count)]

    def values(self, code: str, count: int) -> NDArray[Any]:
        """The next buffer as numbers of numpy's `code`: a view of it."""
        return _values(self.buffer(), code, count)

    def missing(self, rows: int, nulls: int) -> Booleans | None:
        """Where the column whose buffers come next is null."""
        bits = self.buffer()
        if not nulls or not len(bits):
            return None
        return ~_booleans(bits, rows)

    def skip(self, field: ArrowField) -> None:
        """Pass over a column, with all that is within it."""
        self.node()
        for _ in range(2 if field.index else field.type.buffers):
            self.buffer()
        if field.index is None:
            if field.type.kind in VIEWS:
                self.variadic()
            for child in field.children:
                self.skip(child)

    @staticmethod
    def _next(entries: Iterator[tuple[int, ...]]) -> tuple[int, ...]:
        found = next(entries, None)
        if found is None:
            raise ArrowUnreadable("a batch holds fewer columns or buffers than its schema says")
        return found


def read_column(field: ArrowField, body: BatchBody, dictionaries: Dictionaries) -> Column:
    """The next column of a batch, which is `field`'s. Raises ArrowUnreadable naming it."""
    rows, nulls = body.node()
    if rows != body.rows:
        raise ArrowUnreadable(f"it has {rows} rows in a batch of {body.rows}", f"column `{field.name}`")
    try:
        if field.index is not None and field.dictionary is not None:
            return _of_dictionary(field.index, body, nulls, dictionaries.get(field.dictionary))
        return read_values(field.type, body, rows, nulls)
    except ArrowUnreadable as error:
        raise ArrowUnreadable(error.detail, f"column `{field.name}`") from error


def read_values(kind: ArrowType, body: BatchBody, rows: int, nulls: int) -> Column:
    """Values of a type that a model can read. Raises ArrowUnreadable for any other type."""
    if kind.kind is Kind.NULL:
        return Coded([None], np.zeros(rows, dtype=np.int64))
    if kind.kind not in _READERS:
        raise ArrowUnreadable(f"it holds {kind.kind.name.lower().replace('_', ' ')} values, and a model reads {_NEEDS}")
    missing = body.missing(rows, nulls)
    if kind.kind in {Kind.INTEGER, Kind.FLOATING}:
        return Plain(body.values(kind.code, rows), missing)
    if kind.kind is Kind.BOOLEAN:
        return Plain(_booleans(body.buffer(), rows), missing)
    coded = _coded(kind, body, rows)
    return coded if missing is None else _with_missing(coded, missing)


_READERS = frozenset(
    {
        Kind.INTEGER,
        Kind.FLOATING,
        Kind.BOOLEAN,
        Kind.TEXT,
        Kind.LARGE_TEXT,
        Kind.TEXT_VIEW,
        Kind.DATE,
        Kind.DECIMAL,
    }
)


def _coded(kind: ArrowType, body: BatchBody, rows: int) -> Coded:
    if kind.kind is Kind.TEXT_VIEW:
        views = body.buffer()
        return viewed_texts(views, body.variadic(), rows)
    if kind.kind is Kind.DATE:
        return dates(body.values(kind.code, rows))
    if kind.kind is Kind.DECIMAL:
        return decimals(body.buffer(), kind.width, kind.scale, rows)
    offsets = body.buffer()
    code = _OFFSETS[kind.kind]
    places = _values(offsets, code, rows + 1) if rows else np.zeros(1, dtype=np.int64)
    return texts(places, body.buffer())


def _with_missing(coded: Coded, missing: Booleans) -> Coded:
    return Coded([*coded.values, None], np.where(missing, len(coded.values), coded.places))


def _of_dictionary(index: ArrowType, body: BatchBody, nulls: int, levels: list[object] | None) -> Coded:
    missing = body.missing(body.rows, nulls)
    places = body.values(index.code, body.rows).astype(np.int64)
    if missing is not None:
        places = np.where(missing, 0, places)
    known = levels or []
    present = places if missing is None else places[~missing]
    if len(present) and (levels is None or present.min() < 0 or present.max() >= len(known)):
        raise ArrowUnreadable("it has a place that its dictionary does not")
    coded = Coded(known, places)
    return coded if missing is None else _with_missing(coded, missing)


def _values(buffer: memoryview, code: str, count: int) -> NDArray[Any]:
    kind = np.dtype(code)
    if count * kind.itemsize > len(buffer):
        raise ArrowUnreadable(f"{count} values do not fit into {len(buffer)} bytes")
    return np.frombuffer(buffer, dtype=kind, count=count)


def _booleans(bits: memoryview, rows: int) -> Booleans:
    if rows > 8 * len(bits):
        raise ArrowUnreadable(f"{rows} bits do not fit into {len(bits)} bytes")
    return np.unpackbits(np.frombuffer(bits, dtype=np.uint8), count=rows, bitorder="little").astype(np.bool_)
