"""The reader: many small JSON bodies of one row each become one matrix, without an object for any value."""

import ctypes
from collections.abc import Sequence

import numpy as np

from kingmaker.bundle.native.forest import Floats
from kingmaker.bundle.native.library import Library

MOST_COLUMNS = 1_024
"""As reading.c has it."""

Id = str | int | None


class _Layout(ctypes.Structure):
    """As reading.c has it."""

    _fields_ = (
        ("names", ctypes.c_void_p), ("lengths", ctypes.c_void_p), ("numbers", ctypes.c_int64), ("columns", ctypes.c_int64)
    )  # fmt: skip


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
        self._marks = np.empty((most, len(ids) * 2), dtype=np.int64)
        self._is_read = np.empty(most, dtype=np.int8)
        self._addresses = (self._marks.ctypes.data, self._is_read.ctypes.data)
        self._address = ctypes.addressof(self._layout)

    def read(self, bodies: Sequence[bytes]) -> tuple[Floats, Sequence[Id], Sequence[int]]:
        """The numbers [N, numbers], the ids [N], and which rows could not be read this way, whose numbers mean nothing."""
        count = len(bodies)
        if count > len(self._is_read):
            raise ValueError(f"there is room for {len(self._is_read)} rows at once, not for {count}")
        values = np.empty((count, self._numbers))
        special = self._read(
            self._address,
            (ctypes.c_char_p * count)(*bodies),
            (ctypes.c_int64 * count)(*map(len, bodies)),
            count,
            values.ctypes.data,
            *self._addresses,
        )
        if not special:
            return values, [None] * count, ()
        unread = np.flatnonzero(self._is_read[:count] == 0).tolist()
        return values, self._named(bodies, unread), unread

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
