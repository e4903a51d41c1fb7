"""The reader: many small JSON bodies of one row each become one matrix, without an object for any value."""

import ctypes
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kingmaker.bundle.native.forest import Floats
from kingmaker.bundle.native.library import Library
from kingmaker.bundle.native.slab import Slab

MOST_COLUMNS = 1_024
"""As reading.c has it."""

Id = str | int | None


class _Layout(ctypes.Structure):
    """As reading.c has it."""

    _fields_ = (
        ("names", ctypes.c_void_p), ("lengths", ctypes.c_void_p), ("numbers", ctypes.c_int64), ("columns", ctypes.c_int64)
    )  # fmt: skip


class Rows(NamedTuple):
    """`values` [N, numbers] begin at `address`; `ids` [N] are None where no row has one; `unread` are the places of rows that
    could not be read this way, whose numbers mean nothing.
    """

    values: Floats
    address: int
    ids: Sequence[Id] | None = None
    unread: Sequence[int] = ()


class RowReader:
    """Reads rows of named numbers, and an id by any of its names, of which the first that is given counts.

    Names must be such that JSON writes them as they are. Belongs to one thread, and reads `most` rows at once.
    """

    def __init__(self, library: Library, numbers: Sequence[str], ids: Sequence[str], most: int) -> None:
        self._read = library.read
        self._numbers = len(numbers)
        names = [name.encode() for name in (*numbers, *ids)]
        if not len(set(names)) == len(names) <= MOST_COLUMNS:
            raise ValueError("the names are not told apart, or are too many")
        self._names = (ctypes.c_char_p * len(names))(*names)
        self._lengths = np.array([len(name) for name in names], dtype=np.int64)
        self._layout = _Layout(ctypes.addressof(self._names), self._lengths.ctypes.data, len(numbers), len(names))
        self._slab = Slab()
        self._marks = np.empty((most, len(ids) * 2), dtype=np.int64)
        self._is_read = np.empty(most, dtype=np.int8)
        self._addresses = (self._marks.ctypes.data, self._is_read.ctypes.data)
        self._address = ctypes.addressof(self._layout)

    def read(self, bodies: Sequence[bytes]) -> Rows:
        """Rows of one body each. Raises ValueError for more bodies than there is room for."""
        count = len(bodies)
        if count > len(self._is_read):
            raise ValueError(f"there is room for {len(self._is_read)} rows at once, not for {count}")
        values, address = self._slab.take(count, self._numbers)
        joined = b"\0".join(bodies)
        special = self._read(self._address, joined, len(joined), count, address, *self._addresses)
        if special == 0:
            return Rows(values, address)
        if special < 0:
            return Rows(values, address, None, range(count))
        unread = np.flatnonzero(self._is_read[:count] == 0).tolist()
        return Rows(values, address, self._named(bodies, unread), unread)

    def _named(self, bodies: Sequence[bytes], unread: Sequence[int]) -> list[Id]:
        found = self._marks[: len(bodies)].tolist()
        left = set(unread)
        return [
            None if place in left else _id_of(body, ends)
            for place, (body, ends) in enumerate(zip(bodies, found, strict=True))
        ]


def _id_of(body: bytes, ends: Sequence[int]) -> Id:
    """The first id that is given; `ends` are where each begins and ends."""
    for first, end in zip(ends[::2], ends[1::2], strict=True):
        if end:
            token = body[first:end]
            return token[1:-1].decode("ascii") if token.startswith(b'"') else int(token)
    return None
