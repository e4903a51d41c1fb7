"""Texts, dates and decimals of a batch as few values and each row's place among them."""

import struct
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kingmaker.interfaces.endpoint.arrow.unreadable import ArrowUnreadable
from kingmaker.interfaces.endpoint.columns import Coded

_EPOCH = date(1970, 1, 1)
_DAY_IN_MILLISECONDS = 86_400_000
_INLINE = 12
"""Bytes of a text that fit into its view."""

_OVERLAP = 4
"""Times that a byte may be part of a text: few bytes could otherwise stand for texts without end."""


def texts(offsets: NDArray[Any], data: memoryview) -> Coded:
    """Texts that lie one after the other, [N + 1] offsets apart."""
    if offsets[0] < 0 or offsets[-1] > len(data) or (np.diff(offsets) < 0).any():
        raise ArrowUnreadable("a text lies outside of its buffer")
    raw = bytes(data)
    parts = [raw[start:end] for start, end in pairwise(offsets.tolist())]
    return _decoded(parts, _same)


def viewed_texts(views: memoryview, buffers: Sequence[memoryview], rows: int) -> Coded:
    """Texts that lie in their views, or where these point."""
    if 16 * rows > len(views):
        raise ArrowUnreadable(f"{rows} views do not fit into {len(views)} bytes")
    raw = bytes(views[: 16 * rows])
    parts = [raw[start : start + 16] for start in range(0, len(raw), 16)]
    lengths = np.frombuffer(b"".join(set(parts)), dtype="<i4")[::4].astype(np.int64)
    if lengths[lengths > _INLINE].sum() > _OVERLAP * sum(map(len, buffers)):
        raise ArrowUnreadable("its texts overlap")

    def text(view: bytes) -> bytes:
        length, _, buffer, offset = struct.unpack("<iiii", view)
        if 0 <= length <= _INLINE:
            return view[4 : 4 + length]
        if length < 0 or not 0 <= buffer < len(buffers) or not 0 <= offset <= len(buffers[buffer]) - length:
            raise ArrowUnreadable("a text lies outside of its buffer")
        return bytes(buffers[buffer][offset : offset + length])

    return _decoded(parts, text)


def dates(days: NDArray[Any]) -> Coded:
    """Days, or milliseconds, since 1970."""
    distinct, places = np.unique(days, return_inverse=True)
    if days.dtype.itemsize == 8:
        distinct = distinct // _DAY_IN_MILLISECONDS
    try:
        found = [_EPOCH + timedelta(days=day) for day in distinct.tolist()]
    except OverflowError as error:
        raise ArrowUnreadable("a date is not in the years 1 to 9999") from error
    return Coded(found, places)


def decimals(data: memoryview, width: int, scale: int, rows: int) -> Coded:
    """Decimals of `width` bytes each."""
    if width * rows > len(data):
        raise ArrowUnreadable(f"{rows} decimals do not fit into {len(data)} bytes")
    raw = bytes(data[: width * rows])
    whole = [int.from_bytes(raw[start : start + width], "little", signed=True) for start in range(0, len(raw), width)]
    distinct: dict[int, int] = {}
    places = [distinct.setdefault(number, len(distinct)) for number in whole]
    return Coded([_decimal(number, scale) for number in distinct], np.array(places, dtype=np.int64))


def _decimal(number: int, scale: int) -> Decimal:
    digits = tuple(int(digit) for digit in str(abs(number)))
    return Decimal((int(number < 0), digits, -scale))


def _same(part: bytes) -> bytes:
    return part


def _decoded(parts: list[bytes], text: Any) -> Coded:
    distinct: dict[bytes, int] = {}
    places = [distinct.setdefault(part, len(distinct)) for part in parts]
    try:
        found = [text(part).decode() for part in distinct]
    except UnicodeDecodeError as error:
        raise ArrowUnreadable("a text is not UTF-8") from error
    return Coded(found, np.array(places, dtype=np.int64))
