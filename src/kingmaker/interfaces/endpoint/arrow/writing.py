"""An Arrow stream of numbers and texts, from arrays."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flatbuffers import Builder

from kingmaker.bundle.scorer import Floats, Integers
from kingmaker.interfaces.endpoint.arrow.fields import Kind

_V5 = 4
_SCHEMA, _BATCH = 1, 3
_END = struct.pack("<Ii", 0xFFFFFFFF, 0)
_ALIGNMENT = 8
_DOUBLE = 2

Values = Floats | Integers | Sequence[str | None]
"""A column of doubles, of 64-bit integers, or of texts, None where missing."""


@dataclass(frozen=True, slots=True)
class Part:
    """One column's part of a batch: how many values and nulls, and its buffers."""

    rows: int
    nulls: int
    buffers: tuple[bytes, ...]


def write_stream(names: Sequence[str], batches: Sequence[Sequence[Values]]) -> bytes:
    """A stream of these columns; every batch has a value of one kind for each name, and there is at least one batch."""
    kinds = [_kind(values) for values in batches[0]]
    messages = [_schema(names, kinds)]
    for columns in batches:
        messages += _batch([_part(values) for values in columns])
    return b"".join((*messages, _END))


def _kind(values: Values) -> Kind:
    if not isinstance(values, np.ndarray):
        return Kind.TEXT
    return Kind.INTEGER if values.dtype.kind == "i" else Kind.FLOATING


def _schema(names: Sequence[str], kinds: Sequence[Kind]) -> bytes:
    builder = Builder(1024)
    fields = [_field(builder, name, kind) for name, kind in zip(names, kinds, strict=True)]
    builder.StartVector(4, len(fields), 4)
    for field in reversed(fields):
        builder.PrependUOffsetTRelative(field)
    vector = builder.EndVector()
    builder.StartObject(4)
    builder.PrependUOffsetTRelativeSlot(1, vector, 0)
    return _message(builder, _SCHEMA, builder.EndObject(), 0)


def _field(builder: Builder, name: str, kind: Kind) -> int:
    text = builder.CreateString(name)
    builder.StartVector(4, 0, 4)
    children = builder.EndVector()
    builder.StartObject(2)
    if kind is Kind.INTEGER:
        builder.PrependInt32Slot(0, 64, 0)
        builder.PrependBoolSlot(1, True, False)
    elif kind is Kind.FLOATING:
        builder.PrependInt16Slot(0, _DOUBLE, 0)
    told = builder.EndObject()
    builder.StartObject(7)
    builder.PrependUOffsetTRelativeSlot(0, text, 0)
    builder.PrependBoolSlot(1, True, False)
    builder.PrependUint8Slot(2, int(kind), 0)
    builder.PrependUOffsetTRelativeSlot(3, told, 0)
    builder.PrependUOffsetTRelativeSlot(5, children, 0)
    return int(builder.EndObject())


def _batch(parts: Sequence[Part]) -> list[bytes]:
    """The message's metadata and, one by one, its padded buffers."""
    buffers = [buffer for part in parts for buffer in part.buffers]
    places, end = [], 0
    for buffer in buffers:
        places.append((end, len(buffer)))
        end += _padded(len(buffer))
    builder = Builder(1024)
    located = _pairs(builder, places)
    nodes = _pairs(builder, [(part.rows, part.nulls) for part in parts])
    builder.StartObject(5)
    builder.PrependInt64Slot(0, parts[0].rows, 0)
    builder.PrependUOffsetTRelativeSlot(1, nodes, 0)
    builder.PrependUOffsetTRelativeSlot(2, located, 0)
    metadata = _message(builder, _BATCH, builder.EndObject(), end)
    return [metadata, *(buffer.ljust(_padded(len(buffer)), b"\0") for buffer in buffers)]


def _pairs(builder: Builder, pairs: Sequence[tuple[int, int]]) -> int:
    builder.StartVector(16, len(pairs), 8)
    for first, second in reversed(pairs):
        builder.PrependInt64(second)
        builder.PrependInt64(first)
    return int(builder.EndVector())


def _message(builder: Builder, kind: int, header: int, body: int) -> bytes:
    builder.StartObject(5)
    builder.PrependInt64Slot(3, body, 0)
    builder.PrependUOffsetTRelativeSlot(2, header, 0)
    builder.PrependInt16Slot(0, _V5, 0)
    builder.PrependUint8Slot(1, kind, 0)
    builder.Finish(builder.EndObject())
    metadata = bytes(builder.Output())
    size = _padded(len(metadata))
    return struct.pack("<Ii", 0xFFFFFFFF, size) + metadata.ljust(size, b"\0")


def _part(values: Values) -> Part:
    if isinstance(values, np.ndarray):
        return Part(len(values), 0, (b"", values.tobytes()))
    encoded = [b"" if text is None else text.encode("utf-8", "replace") for text in values]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int32)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    gone = [text is None for text in values]
    nulls = sum(gone)
    valid = np.packbits(~np.array(gone), bitorder="little").tobytes() if nulls else b""
    return Part(len(encoded), nulls, (valid, offsets.tobytes(), b"".join(encoded)))


def _padded(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT
