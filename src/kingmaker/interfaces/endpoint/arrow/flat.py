"""FlatBuffers tables by slot number. Every access is bounds-checked by Python: bad bytes raise, and touch nothing else."""

import struct
from collections.abc import Iterator

from kingmaker.interfaces.endpoint.arrow.unreadable import ArrowUnreadable

_MOST_ENTRIES = 65_536
"""Entries of one vector: far more columns than a model has, and few enough to walk."""


class FlatTable:
    """One table of a FlatBuffers message. A slot that was left out gives the default that the caller names."""

    def __init__(self, data: memoryview, place: int) -> None:
        self._data = data
        self._place = place
        self._vtable = place - self._read("<i", place)
        self._vtable_bytes = self._read("<H", self._vtable)

    @classmethod
    def root(cls, data: memoryview) -> "FlatTable":
        """Raises ArrowUnreadable, as every access does, for bytes that lie outside of the message."""
        return cls(data, _read(data, "<I", 0))

    def number(self, slot: int, kind: str, default: int) -> int:
        """An integer of struct's `kind`."""
        place = self._slot(slot)
        return default if place is None else self._read(f"<{kind}", place)

    def text(self, slot: int) -> str:
        place = self._slot(slot)
        if place is None:
            return ""
        start, length = self._vector(place)
        return bytes(self._part(start, length)).decode(errors="replace")

    def table(self, slot: int) -> "FlatTable | None":
        place = self._slot(slot)
        return None if place is None else FlatTable(self._data, place + self._read("<I", place))

    def tables(self, slot: int) -> Iterator["FlatTable"]:
        place = self._slot(slot)
        if place is None:
            return
        start, length = self._vector(place)
        if length > _MOST_ENTRIES:
            raise ArrowUnreadable(f"a list of {length} entries in a message is longer than {_MOST_ENTRIES}")
        for entry in range(start, start + 4 * length, 4):
            yield FlatTable(self._data, entry + self._read("<I", entry))

    def integers(self, slot: int, width: int = 1) -> list[tuple[int, ...]]:
        """A vector of structs of `width` 64-bit integers each."""
        place = self._slot(slot)
        if place is None:
            return []
        start, length = self._vector(place)
        part = self._part(start, 8 * width * length)
        return list(struct.iter_unpack(f"<{width}q", part))

    def _slot(self, slot: int) -> int | None:
        entry = 4 + 2 * slot
        if entry + 2 > self._vtable_bytes:
            return None
        offset = self._read("<H", self._vtable + entry)
        return self._place + offset if offset else None

    def _vector(self, place: int) -> tuple[int, int]:
        start = place + self._read("<I", place)
        return start + 4, self._read("<I", start)

    def _part(self, start: int, length: int) -> memoryview:
        if start < 0 or start + length > len(self._data):
            raise ArrowUnreadable("a message's metadata points outside of the message")
        return self._data[start : start + length]

    def _read(self, kind: str, place: int) -> int:
        return _read(self._data, kind, place)


def _read(data: memoryview, kind: str, place: int) -> int:
    if place < 0:
        raise ArrowUnreadable("a message's metadata points outside of the message")
    try:
        return int(struct.unpack_from(kind, data, place)[0])
    except struct.error as error:
        raise ArrowUnreadable("a message's metadata points outside of the message") from error
