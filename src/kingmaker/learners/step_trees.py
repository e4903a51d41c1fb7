"""Step functions of one or two columns as trees: bins [cut, next cut), and a bin of its own for the missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kingmaker.graph.forms import Tree
from kingmaker.ports.learner import Floats


@dataclass(slots=True)
class _Growing:
    """The lists of a tree under construction: one entry a node."""

    feature: list[int] = field(default_factory=list)
    threshold: list[float] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    missing_left: list[bool] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def leaf(self, value: float) -> int:
        return self._add(-1, 0.0, missing_left=False, value=value)

    def node(self, column: int, threshold: float, *, missing_left: bool) -> int:
        return self._add(column, threshold, missing_left=missing_left, value=0.0)

    def _add(self, column: int, threshold: float, *, missing_left: bool, value: float) -> int:
        self.feature.append(column)
        self.threshold.append(threshold)
        self.left.append(-1)
        self.right.append(-1)
        self.missing_left.append(missing_left)
        self.value.append(value)
        return len(self.feature) - 1


Grow = Callable[[_Growing], int]
"""Adds a subtree and answers the number of its root."""


def step_tree(columns: Sequence[int], cuts: Sequence[Floats], scores: Floats) -> Tree:
    """The tree of a step function: a value x falls left of a cut when x < cut.

    `columns` names one or two recipe outputs, `cuts[d]` holds the strictly increasing cuts of column d, and `scores` has one
    axis for each column, of length len(cuts[d]) + 2: the score of the missing, then of the bins from the lowest.
    """
    growing = _Growing()
    _grow_scores(columns, cuts, scores)(growing)
    return Tree(
        feature=np.array(growing.feature, dtype=np.int64),
        threshold=np.array(growing.threshold),
        left=np.array(growing.left, dtype=np.int64),
        right=np.array(growing.right, dtype=np.int64),
        missing_left=np.array(growing.missing_left, dtype=np.bool_),
        value=np.array(growing.value),
    )


def _grow_scores(columns: Sequence[int], cuts: Sequence[Floats], scores: Floats) -> Grow:
    if not columns:
        return lambda growing: growing.leaf(float(scores))
    missing, *bins = [_grow_scores(columns[1:], cuts[1:], part) for part in scores]
    thresholds = [float(cut) for cut in cuts[0]]
    if not thresholds:
        return _split(
            columns[0], 0.0, _lowest_or_missing(columns[0], 0.0, bins[0], missing), bins[0], missing_left=True
        )
    return _grow_bins(columns[0], thresholds, bins, missing)


def _grow_bins(column: int, cuts: Sequence[float], bins: Sequence[Grow], missing: Grow | None) -> Grow:
    """A balanced tree over `bins`; the missing, if they come this way, go down its left edge."""
    if len(bins) == 1:
        return bins[0]
    middle = len(bins) // 2
    cut = cuts[middle - 1]
    if middle == 1 and missing is not None:
        left = _lowest_or_missing(column, cut, bins[0], missing)
    else:
        left = _grow_bins(column, cuts[: middle - 1], bins[:middle], missing)
    return _split(
        column, cut, left, _grow_bins(column, cuts[middle:], bins[middle:], None), missing_left=missing is not None
    )


def _lowest_or_missing(column: int, cut: float, lowest: Grow, missing: Grow) -> Grow:
    """Ask the same question again, where only values below the cut and the missing arrive: this time the missing go right."""
    return _split(column, cut, lowest, missing, missing_left=False)


def _split(column: int, cut: float, left: Grow, right: Grow, *, missing_left: bool) -> Grow:
    def grow(growing: _Growing) -> int:
        node = growing.node(column, cut, missing_left=missing_left)
        growing.left[node] = left(growing)
        growing.right[node] = right(growing)
        return node

    return grow
