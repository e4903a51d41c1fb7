"""Checked trees laid out for the walker: breadth first, children side by side, leaves that stay where they are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.native.forest import Forest, NotWalkable

NODE = np.dtype([("threshold", np.float64), ("left", np.uint32), ("column", np.uint32)])

_MISSING_LOWEST, _MISSING_HIGHEST, _IS_MISSING, _IS_PRESENT = 0, 1, 2, 3
_KINDS = 4
_MOST_NODES_OF_A_TREE = 2**27
_MOST_LEVELS = 1_024
"""All rows of a tree take as many steps as its deepest; beyond this onnxruntime has the say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedTrees:
    """`nodes` and `leaves` are [nodes], `roots` and `depths` [trees], `features` and `kinds` [columns of a block].

    A column is one feature with missing values laid out as lowest or highest, or just whether it is missing or present: a
    comparison then needs no question whether its value is missing.
    """

    nodes: NDArray[np.void]
    leaves: NDArray[np.float64]
    roots: NDArray[np.int64]
    depths: NDArray[np.int64]
    features: NDArray[np.int32]
    kinds: NDArray[np.int32]
    less_or_equal: bool

    @property
    def width(self) -> int:
        """How many columns a row must have at least."""
        return int(self.features.max()) + 1

    @property
    def thresholds(self) -> NDArray[np.float64]:
        """All that is compared with, in no order."""
        found: NDArray[np.float64] = self.nodes["threshold"]
        return found[~np.isnan(found)]


@dataclass(frozen=True, slots=True)
class _Level:
    """The nodes of all trees at one depth, tree by tree: which tree, which inner node or leaf, and where in its tree."""

    tree: NDArray[np.int64]
    index: NDArray[np.int64]
    is_leaf: NDArray[np.bool_]
    place: NDArray[np.int64]


def pack(forest: Forest, block: int) -> PackedTrees:
    """Lay out a forest that `check_forest` has passed, for blocks of so many rows, column after column.

    Raises NotWalkable for a single tree that is too large or too deep.
    """
    levels, sizes, depths = _levels(forest)
    if sizes.max() > _MOST_NODES_OF_A_TREE:
        raise NotWalkable("a tree is too large")
    roots = np.cumsum(sizes) - sizes
    nodes, leaves = np.zeros(int(sizes.sum()), dtype=NODE), np.zeros(int(sizes.sum()))
    columns, thresholds = _questions(forest)
    used, column_of_node = np.unique(columns, return_inverse=True)
    for level, below in zip(levels, [*levels[1:], None], strict=True):
        where = roots[level.tree] + level.place
        leaf, inner = level.is_leaf, ~level.is_leaf
        nodes["threshold"][where[leaf]] = np.nan
        nodes["left"][where[leaf]] = level.place[leaf] * NODE.itemsize
        leaves[where[leaf]] = forest.leaves[level.index[leaf]]
        nodes["threshold"][where[inner]] = thresholds[level.index[inner]]
        nodes["column"][where[inner]] = column_of_node[level.index[inner]] * block
        if below is not None:
            nodes["left"][where[inner]] = below.place[::2] * NODE.itemsize
    return PackedTrees(
        nodes=nodes,
        leaves=leaves,
        roots=roots,
        depths=depths,
        features=(used // _KINDS).astype(np.int32),
        kinds=(used % _KINDS).astype(np.int32),
        less_or_equal=forest.less_or_equal,
    )


def _levels(forest: Forest) -> tuple[list[_Level], NDArray[np.int64], NDArray[np.int64]]:
    """All levels from the roots down, and the size and the depth of each tree."""
    count = len(forest.roots)
    sizes, depths = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    tree, index, is_leaf = np.arange(count), forest.roots, np.zeros(count, dtype=np.bool_)
    levels: list[_Level] = []
    while len(tree):
        if len(levels) > _MOST_LEVELS:
            raise NotWalkable("a tree is too deep")
        of_tree = np.bincount(tree, minlength=count)
        before = np.cumsum(of_tree) - of_tree
        levels.append(_Level(tree, index, is_leaf, sizes[tree] + np.arange(len(tree)) - before[tree]))
        sizes += of_tree
        parents = index[~is_leaf]
        tree = np.repeat(tree[~is_leaf], 2)
        index = np.column_stack([forest.true[parents], forest.false[parents]]).ravel()
        is_leaf = np.column_stack([forest.true_is_leaf[parents], forest.false_is_leaf[parents]]).ravel()
        depths[tree] = len(levels)
    return levels, sizes, depths


def _questions(forest: Forest) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For each inner node the column that it reads (feature and kind) and the threshold of which the right side lies beyond.

    A missing value counts as lowest or highest. Where the threshold itself is infinite on that side, the node asks only
    whether the value is missing, and reads a column that says so.
    """
    kind = np.where(forest.missing_is_true, _MISSING_LOWEST, _MISSING_HIGHEST)
    threshold = forest.threshold.copy()
    if forest.less_or_equal:
        alone = ~forest.missing_is_true & (threshold == np.inf)
        kind[alone] = _IS_MISSING
    else:
        alone = forest.missing_is_true & (threshold == -np.inf)
        kind[alone] = _IS_PRESENT
    threshold[alone] = 0.0
    return forest.feature * _KINDS + kind, threshold
