"""A slab: room for many small arrays, so that the address of each is known without asking numpy."""

import numpy as np

from kingmaker.bundle.native.forest import Floats

_DOUBLE = 8
"""Bytes."""


class Slab:
    """Gives out doubles side by side. A slab lives for as long as one of its arrays does. Belongs to one thread."""

    def __init__(self, size: int = 1 << 14) -> None:
        """`size` is in doubles."""
        self._size = size
        self._next = size
        self._slab: Floats = np.empty(0)
        self._address = 0

    def take(self, rows: int, columns: int) -> tuple[Floats, int]:
        """An array [rows, columns] that nobody else has, and where it begins; nothing is in it yet."""
        wanted = rows * columns
        if self._next + wanted > len(self._slab):
            self._slab = np.empty(max(self._size, wanted))
            self._address, self._next = self._slab.ctypes.data, 0
        first = self._next
        self._next += wanted
        return self._slab[first : first + wanted].reshape(rows, columns), self._address + first * _DOUBLE
