"""Lines of answers written by the library, while other threads run: numbers become text there, all else is handed in ready."""

import ctypes
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.native.forest import Floats, Integers
from kingmaker.bundle.native.library import Library

_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64
_LOWEST, _HIGHEST = -292, 324
_BITS = 128
_ROOM_FOR_A_ROW = 2_048


class _Layout(ctypes.Structure):
    """As lines.c has it."""

    _fields_ = (("powers", _POINTER), ("names", _POINTER), ("numbers", _NUMBER), ("texts", _NUMBER))


class _Answers(ctypes.Structure):
    """As lines.c has it."""

    _fields_ = (
        ("rows", _NUMBER), ("first", _NUMBER), ("entry", ctypes.c_char_p), ("starts", _POINTER), ("start_of", _POINTER),
        ("ids", _POINTER), ("pd", _POINTER), ("score", _POINTER), ("endings", _POINTER), ("ending_of", _POINTER),
        ("num", _POINTER), ("texts", _POINTER),
    )  # fmt: skip


class LineWriter:
    """Writes entries of one version's columns. Belongs to one thread."""

    def __init__(self, library: Library, names: Sequence[bytes], numbers: int) -> None:
        """`names` are those of the columns as JSON, the numbers first."""
        self._write = library.write
        self._numbers, self._texts = numbers, len(names) - numbers
        parts = [b"%b%b:" % (b"," if place else b"", name) for place, name in enumerate(names)]
        self._names, self._powers = _texts(parts), powers_of_ten()
        self._layout = _Layout(self._powers.ctypes.data, ctypes.addressof(self._names), numbers, self._texts)
        self._room = bytearray(_ROOM_FOR_A_ROW)

    def write(  # noqa: PLR0913 - the parts of a line
        self,
        *,
        first: int,
        entry: bytes,
        starts: Sequence[bytes],
        start_of: Integers,
        ids: Sequence[bytes | None] | None,
        pd: Floats,
        score: NDArray[Any],
        endings: Sequence[bytes],
        ending_of: NDArray[np.int32],
        num: Floats | None,
        texts: Sequence[bytes | None],
    ) -> bytes:
        """A line for each of `pd`; entries are numbered from `first` on. `ids` [N] and `texts` [N * texts] are JSON, None where
        missing; `ids` None where all are.
        """
        rows = len(pd)
        arrays = (
            np.ascontiguousarray(start_of, dtype=np.int32),
            np.ascontiguousarray(pd, dtype=np.float64),
            np.ascontiguousarray(score, dtype=np.int64),
            np.ascontiguousarray(ending_of, dtype=np.int32),
            np.ascontiguousarray(np.empty((rows, 0)) if num is None else num, dtype=np.float64),
        )
        if (
            any(len(array) != rows for array in arrays)
            or (ids is not None and len(ids) != rows)
            or arrays[-1].size != rows * self._numbers
            or len(texts) != rows * self._texts
        ):
            raise ValueError("a line lacks one of its parts, or has one too many")
        beginnings, named, ends, told = _texts(starts), _texts(ids or ()), _texts(endings), _texts(texts)
        where, odds, points, ending, numbers = (array.ctypes.data for array in arrays)
        answers = _Answers(
            rows, first, entry, ctypes.addressof(beginnings), where, ctypes.addressof(named) if ids else None, odds, points,
            ctypes.addressof(ends), ending, numbers, ctypes.addressof(told),
        )  # fmt: skip
        return self._written(answers)

    def _written(self, answers: _Answers) -> bytes:
        """Room is doubled until all fits."""
        while True:
            size = len(self._room)
            room = (ctypes.c_char * size).from_buffer(self._room)
            length = self._write(
                ctypes.addressof(self._layout), ctypes.addressof(answers), ctypes.addressof(room), size
            )
            del room
            if length >= 0:
                return bytes(memoryview(self._room)[:length])
            self._room = bytearray(size * 2)


def _texts(parts: Sequence[bytes | None]) -> "ctypes.Array[ctypes.c_char_p]":
    return (ctypes.c_char_p * len(parts))(*parts)


@cache
def powers_of_ten() -> NDArray[np.uint64]:
    """[617, 2]: the leading 128 bits of 10^-292 to 10^324, rounded up where there are more; the high half first."""
    halves = [(power >> 64, power & (2**64 - 1)) for power in map(_leading, range(_LOWEST, _HIGHEST + 1))]
    return np.array(halves, dtype=np.uint64)


def _leading(exponent: int) -> int:
    """The leading bits of a power of ten, rounded up."""
    if exponent >= 0:
        power: int = 10**exponent
        beyond = power.bit_length() - _BITS
        return power << -beyond if beyond <= 0 else -(-power >> beyond)
    divisor: int = 10**-exponent
    return -(-(1 << (divisor.bit_length() + _BITS - 1)) // divisor)
