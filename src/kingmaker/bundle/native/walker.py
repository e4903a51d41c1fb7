"""The walker: rows in, the sum of a node's trees out, at several times onnxruntime's pace."""

import numpy as np

from kingmaker.bundle.native.forest import Floats, Forest
from kingmaker.bundle.native.library import Library
from kingmaker.bundle.native.packing import pack


class TreeWalker:
    """Sums one forest's trees. Safe for several threads."""

    def __init__(self, library: Library, forest: Forest) -> None:
        """Raises NotWalkable for trees that cannot be laid out."""
        self._library = library
        self._trees = pack(forest, library.block)

    def sums(self, values: Floats) -> Floats:
        """[N] for `values` [N, outputs] double. Raises ValueError for rows too narrow."""
        trees = self._trees
        if values.ndim != 2 or values.shape[1] < trees.width:
            raise ValueError(f"the trees read {trees.width} columns, and were given rows of shape {values.shape}")
        rows = np.ascontiguousarray(values, dtype=np.float64)
        sums = np.empty(len(rows))
        self._library.sum(
            *(rows, rows.shape[0], rows.shape[1]),
            *(trees.features, trees.kinds, len(trees.features)),
            *(trees.nodes, trees.leaves, trees.roots, trees.depths, len(trees.roots), int(trees.less_or_equal)),
            *(np.empty((len(trees.features), self._library.block)), sums),
        )
        return sums
