"""An Arrow stream, or the stream within an Arrow file, as columns by batch."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kingmaker.interfaces.endpoint.arrow.batches import BatchBody, read_column, read_values
from kingmaker.interfaces.endpoint.arrow.fields import ArrowField, read_fields
from kingmaker.interfaces.endpoint.arrow.flat import FlatTable
from kingmaker.interfaces.endpoint.arrow.unreadable import ArrowTooLong, ArrowUnreadable
from kingmaker.interfaces.endpoint.columns import Column, listed

FILE_MAGIC = b"ARROW1\0\0"
MOST_MESSAGES = 4_096
"""Batches and dictionaries of one stream: an empty one costs work too."""

_CONTINUATION = 0xFFFFFFFF
_SCHEMA, _DICTIONARY, _BATCH = 1, 2, 3
_BODY_SLOT, _KIND_SLOT, _HEADER_SLOT = 3, 1, 2


@dataclass(frozen=True, slots=True)
class Batch:
    """The columns that were wanted, by name, [rows] each."""

    rows: int
    columns: dict[str, Column]


def read_stream(data: bytes, wanted: Callable[[str], bool], most_rows: int) -> tuple[tuple[str, ...], list[Batch]]:
    """The stream's column names, and its batches with the columns that are wanted.

    Raises ArrowUnreadable naming batch and column for bytes that are no stream, and for more than `most_rows` rows.
    """
    messages = _messages(memoryview(data))
    first = next(messages, None)
    if first is None or first[0] != _SCHEMA:
        raise ArrowUnreadable("the stream does not begin with a schema")
    reader = _Reader(read_fields(first[1]), wanted, most_rows)
    for kind, header, body in messages:
        reader.take(kind, header, body)
    return tuple(field.name for field in reader.fields), reader.batches


class _Reader:
    def __init__(self, fields: tuple[ArrowField, ...], wanted: Callable[[str], bool], most_rows: int) -> None:
        self.fields = fields
        self.batches: list[Batch] = []
        self._wanted = wanted
        self._left = most_rows
        self._most = most_rows
        self._dictionaries: dict[int, list[object]] = {}
        self._coded = {
            field.dictionary: field for field in fields if field.dictionary is not None and wanted(field.name)
        }

    def take(self, kind: int, header: FlatTable, body: memoryview) -> None:
        if kind == _DICTIONARY:
            self._take_dictionary(header, body)
        elif kind == _BATCH:
            self._take_batch(header, body)
        else:
            raise ArrowUnreadable(f"the stream holds a message of kind {kind} among its batches")

    def _take_batch(self, header: FlatTable, data: memoryview) -> None:
        where = f"batch {len(self.batches) + 1}"
        body = BatchBody(header, data)
        self._left -= body.rows
        if self._left < 0:
            raise ArrowTooLong(f"the stream holds more than {self._most} rows", where)
        columns: dict[str, Column] = {}
        try:
            for field in self.fields:
                if self._wanted(field.name):
                    columns[field.name] = read_column(field, body, self._dictionaries)
                else:
                    body.skip(field)
        except ArrowUnreadable as error:
            raise ArrowUnreadable(error.detail, f"{where}, {error.where}".removesuffix(", ")) from error
        self.batches.append(Batch(body.rows, columns))

    def _take_dictionary(self, header: FlatTable, data: memoryview) -> None:
        name = header.number(0, "q", 0)
        field, batch = self._coded.get(name), header.table(1)
        if field is None or batch is None:
            return
        body = BatchBody(batch, data)
        rows, nulls = body.node()
        if rows != body.rows or rows > len(data) + 1:
            raise ArrowUnreadable("a dictionary is not of the length it tells", f"column `{field.name}`")
        try:
            levels = listed(read_values(field.type, body, rows, nulls))
        except ArrowUnreadable as error:
            raise ArrowUnreadable(error.detail, f"column `{field.name}`") from error
        if header.number(2, "B", 0) and name in self._dictionaries:
            self._dictionaries[name].extend(levels)  # places that were read before keep their meaning
        else:
            self._dictionaries[name] = levels


def _messages(data: memoryview) -> Iterator[tuple[int, FlatTable, memoryview]]:
    """Kind, header and body of each message, until the end marker or the end of the bytes."""
    place = len(FILE_MAGIC) if data[: len(FILE_MAGIC)] == FILE_MAGIC else 0
    left = MOST_MESSAGES
    while place < len(data):
        left -= 1
        if left < 0:
            raise ArrowUnreadable(f"the stream holds more than {MOST_MESSAGES} batches and dictionaries")
        marker, size = _two(data, place)
        if marker != _CONTINUATION:
            raise ArrowUnreadable("the bytes are not an Arrow stream")
        if not size:
            return
        start = place + 8
        if start + size > len(data):
            raise ArrowUnreadable("the stream is cut short")
        message = FlatTable.root(data[start : start + size])
        length, header = message.number(_BODY_SLOT, "q", 0), message.table(_HEADER_SLOT)
        place = start + size + length
        if length < 0 or place > len(data):
            raise ArrowUnreadable("the stream is cut short")
        if header is None:
            raise ArrowUnreadable("a message has no header")
        yield message.number(_KIND_SLOT, "B", 0), header, data[start + size : place]


def _two(data: memoryview, place: int) -> tuple[int, int]:
    if place + 8 > len(data):
        raise ArrowUnreadable("the stream is cut short")
    marker, size = struct.unpack_from("<II", data, place)
    return int(marker), int(size)
