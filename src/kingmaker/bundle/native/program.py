"""A program: a graph's steps and trees as the library takes them, run for any number of rows in one call."""

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.native.columns import Columns
from kingmaker.bundle.native.forest import Floats
from kingmaker.bundle.native.library import Library
from kingmaker.bundle.native.packing import NODE, PackedTrees

FEW = 64
"""Rows for which the interpreter is held on to: some 100 µs at most."""

_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64


class _Layout(ctypes.Structure):
    """As steps.c has it."""

    _fields_ = (
        ("before", _POINTER), ("before_steps", _NUMBER), ("after", _POINTER), ("after_steps", _NUMBER),
        ("constants", _POINTER), ("columns", _NUMBER), ("width", _NUMBER), ("read", _POINTER), ("kinds", _POINTER),
        ("read_columns", _NUMBER), ("sums", _NUMBER), ("outputs", _POINTER), ("output_columns", _NUMBER),
        ("nodes", _POINTER), ("leaves", _POINTER), ("roots", _POINTER), ("depths", _POINTER), ("trees", _NUMBER),
        ("less_or_equal", _NUMBER),
    )  # fmt: skip


class Trees:
    """Where a program's trees come in: what they read, in their own order, the column of their sums, and after which step."""

    def __init__(self, packed: PackedTrees, values: Sequence[int], sums: int, after: int) -> None:
        self.packed = packed
        self.read = [values[feature] for feature in packed.features.tolist()]
        self.sums = sums
        self.after = after


class Program:
    """Safe for several threads. The first `width` columns are the raw values of a row, `outputs` the columns of its answers."""

    def __init__(
        self, library: Library, columns: Columns, width: int, outputs: Sequence[int], trees: Trees | None = None
    ) -> None:
        self._library = library
        self.width = width
        self.outputs = len(outputs)
        self._kept: list[NDArray[Any]] = []
        middle = trees.after if trees else len(columns.steps)
        layout = _Layout(
            before=self._array(columns.steps[:middle], np.int32),
            before_steps=middle,
            after=self._array(columns.steps[middle:], np.int32),
            after_steps=len(columns.steps) - middle,
            constants=self._array(np.repeat(columns.values(), library.block), np.float64),
            columns=columns.used,
            width=width,
            outputs=self._array(outputs, np.int32),
            output_columns=len(outputs),
        )
        if trees:
            self._plant(layout, trees)
        _check(columns, [*outputs, *(trees.read if trees else ())])
        self._layout = layout
        self._address = ctypes.addressof(layout)

    def run(self, values: Floats) -> Floats:
        """[outputs, N] for `values` [N, width] double. Raises ValueError for rows of another width."""
        if values.ndim != 2 or values.shape[1] != self.width:
            raise ValueError(f"the program reads {self.width} columns, and was given rows of shape {values.shape}")
        rows = np.ascontiguousarray(values, dtype=np.float64)
        answers = np.empty((self.outputs, len(rows)))
        self.run_at(rows.ctypes.data, len(rows), answers.ctypes.data)
        return answers

    def run_at(self, values: int, rows: int, answers: int) -> None:
        """The same for whoever knows where its arrays of doubles begin, and that they are as large as that."""
        function = self._library.run_few if rows <= FEW else self._library.run
        if function(self._address, values, rows, answers):
            raise MemoryError

    def _plant(self, layout: _Layout, trees: Trees) -> None:
        packed = trees.packed
        layout.read, layout.kinds = self._array(trees.read, np.int32), self._array(packed.kinds, np.int32)
        layout.read_columns, layout.sums = len(trees.read), trees.sums
        layout.nodes, layout.leaves = self._array(packed.nodes, NODE), self._array(packed.leaves, np.float64)
        layout.roots, layout.depths = self._array(packed.roots, np.int64), self._array(packed.depths, np.int64)
        layout.trees, layout.less_or_equal = len(packed.roots), int(packed.less_or_equal)

    def _array(self, values: Any, kind: Any) -> int:
        """Where an array of this kind begins, which is kept as long as the program."""
        array = np.ascontiguousarray(values, dtype=kind)
        self._kept.append(array)
        return int(array.ctypes.data)


def _check(columns: Columns, read: Sequence[int]) -> None:
    """The library takes these numbers at their word. Raises ValueError for a column that is not there."""
    lowest, behind = -len(columns.constants), columns.used
    steps = np.array(columns.steps, dtype=np.int64).reshape(-1, 5)
    operands = np.concatenate([steps[:, 1:4].ravel(), np.array(read, dtype=np.int64)])
    results = steps[:, 4]
    if (operands < lowest).any() or (operands >= behind).any() or (results < 0).any() or (results >= behind).any():
        raise ValueError("a step reads or makes a column that there is not")
