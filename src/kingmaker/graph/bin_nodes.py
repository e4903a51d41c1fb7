"""Bins of many columns in one node: a balanced tree for each column, and a value of their own for missing ones."""

from collections.abc import Sequence

import numpy as np

from kingmaker.graph.builder import GraphBuilder
from kingmaker.graph.forms import Tree
from kingmaker.graph.tree_nodes import add_trees
from kingmaker.recipe.spec import Bins


def add_bins(graph: GraphBuilder, bins: Sequence[Bins], *, raw: str, missing: str) -> str:
    """Column i of `raw` [N, columns] by `bins[i]`; `missing` is IsNaN of `raw`. Returns [N, columns] double."""
    trees = [balanced_tree(column, place) for place, column in enumerate(bins)]
    values = add_trees(graph, trees, range(len(trees)), less_or_equal=False, values=raw)
    filler = graph.constant(np.array([[column.missing for column in bins]], dtype=np.float64))
    return graph.op("Where", [missing, filler, values])


def balanced_tree(bins: Bins, column: int) -> Tree:
    """The tree that finds a value's bin [edge, next edge) in the logarithm of the number of bins steps."""
    nodes: list[tuple[int, float, int, int, float]] = []

    def grow(first: int, last: int) -> int:
        """Add the subtree of bins first..last and return its place."""
        place = len(nodes)
        nodes.append((-1, 0.0, -1, -1, bins.values[first]))
        if first < last:
            middle = (first + last + 1) // 2
            left = grow(first, middle - 1)
            nodes[place] = (column, bins.edges[middle - 1], left, grow(middle, last), 0.0)
        return place

    grow(0, len(bins.edges))
    feature, threshold, left, right, value = zip(*nodes, strict=True)
    return Tree(
        feature=np.array(feature, dtype=np.int64),
        threshold=np.array(threshold, dtype=np.float64),
        left=np.array(left, dtype=np.int64),
        right=np.array(right, dtype=np.int64),
        missing_left=np.zeros(len(nodes), dtype=np.bool_),
        value=np.array(value, dtype=np.float64),
    )
