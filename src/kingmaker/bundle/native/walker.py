"""The walker: rows in, the sum of a node's trees out, at several times onnxruntime's pace."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.native.forest import Floats, Forest
from kingmaker.bundle.native.library import Library
from kingmaker.bundle.native.packing import NODE, pack

_DOUBLE = 8
"""Bytes."""


class TreeWalker:
    """Sums one forest's trees. Safe for several threads."""

    def __init__(self, library: Library, forest: Forest) -> None:
        """Raises NotWalkable for trees that cannot be laid out."""
        self.library = library
        self.trees = trees = pack(forest, library.block)
        self._width = trees.width
        self._block = len(trees.features) * library.block
        arrays = (
            *(_address(trees.features, np.int32), _address(trees.kinds, np.int32), len(trees.features)),
            *(_address(trees.nodes, NODE), _address(trees.leaves, np.float64)),
            *(_address(trees.roots, np.int64), _address(trees.depths, np.int64)),
        )
        self._arguments = (*arrays, len(trees.roots), int(trees.less_or_equal))

    def sums(self, values: Floats) -> Floats:
        """[N] for `values` [N, outputs] double. Raises ValueError for rows too narrow."""
        if values.ndim != 2 or values.shape[1] < self._width:
            raise ValueError(f"the trees read {self._width} columns, and were given rows of shape {values.shape}")
        rows = np.ascontiguousarray(values, dtype=np.float64)
        block_and_sums = np.empty(self._block + len(rows))
        address = block_and_sums.ctypes.data
        self.library.sum(rows.ctypes.data, *rows.shape, *self._arguments, address, address + self._block * _DOUBLE)
        return block_and_sums[self._block :]


def _address(array: NDArray[Any], kind: Any) -> int:
    """Where an array begins, which the library takes at its word: so its kind is made sure of here."""
    assert array.dtype == kind, f"the library reads {kind}, not {array.dtype}"
    assert array.flags.c_contiguous, "the library reads arrays without gaps"
    return int(array.ctypes.data)
