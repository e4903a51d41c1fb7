"""A forest laid out for Shapley values: the edges of its trees, level below level, with what the training sent along them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.native.forest import Floats, Forest, Integers

Kind = TypeVar("Kind", np.int64, np.bool_)

MOST_LEVELS = 1_024
LEAST_SHARE = 1e-100
"""Stands for no training at all, so that nothing is divided by 0."""


class TooDeep(Exception):
    """A tree has more levels than any learner grows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The E edges of some trees, from node to child. The two edges of a node, true and false, lie side by side.

    `feature`, `threshold` and `missing_is_true` [E / 2] are the nodes' questions, in the order of their edges. `above` and
    `previous` [E] are places of edges nearer to the root: the next one, and the next one of the same feature; E where there is
    none. `share` [E] is the part of the training that takes the edge, times those of its `previous` edges; `share_before` [E]
    is the share of `previous`, 1 where there is none. At its end, `end` [E] is the place of the next question, E / 2 at a
    leaf, and `leaf` [E] is the leaf's value, 0 at a question. `bounds` are the first edges of the levels, and E. `points` are
    the points between 0 and 1, with their weights, that integrate the polynomials of these trees exactly.
    """

    feature: Integers
    threshold: Floats
    missing_is_true: NDArray[np.bool_]
    less_or_equal: bool
    above: Integers
    previous: Integers
    share: Floats
    share_before: Floats
    end: Integers
    leaf: Floats
    bounds: tuple[int, ...]
    points: tuple[tuple[float, float], ...]

    @property
    def size(self) -> int:
        return len(self.leaf)

    @property
    def levels(self) -> tuple[slice, ...]:
        """The edges of each level, from the roots down."""
        return tuple(slice(first, last) for first, last in pairwise(self.bounds))


def edges_of(forest: Forest, roots: Integers, covers: Floats) -> Edges:
    """The edges of the trees with these roots. `covers` [leaves] are lawful. Raises TooDeep."""
    asked, above, bounds = _walk(forest, roots)
    is_leaf = _paired(forest.true_is_leaf[asked], forest.false_is_leaf[asked])
    leaf = np.where(is_leaf, _paired(forest.true[asked], forest.false[asked]), 0)
    # The questions below the roots come in the order of the edges that lead to them.
    end = np.where(is_leaf, len(asked), len(roots) - 1 + np.cumsum(~is_leaf))
    previous = _previous(np.repeat(forest.feature[asked], 2), above)
    share, before = _shares(_collected(np.where(is_leaf, covers[leaf], 0.0), end, bounds), previous, bounds)
    return Edges(
        feature=forest.feature[asked],
        threshold=forest.threshold[asked],
        missing_is_true=forest.missing_is_true[asked],
        less_or_equal=forest.less_or_equal,
        above=above,
        previous=previous,
        share=share,
        share_before=before,
        end=end,
        leaf=np.where(is_leaf, forest.leaves[leaf], 0.0),
        bounds=bounds,
        points=_points(int(_features(previous, above, bounds).max())),
    )


def sizes_of(forest: Forest) -> tuple[Integers, Integers]:
    """For each tree: the most features that one of its paths asks about, and its edges. Raises TooDeep."""
    asked, above, bounds = _walk(forest, forest.roots)
    previous = _previous(np.repeat(forest.feature[asked], 2), above)
    tree = np.repeat(np.arange(len(forest.roots)), 2)
    for first, last in pairwise(bounds[1:]):
        tree = np.concatenate([tree, tree[above[first:last]]])
    features = np.zeros(len(forest.roots), dtype=np.int64)
    np.maximum.at(features, tree, _features(previous, above, bounds))
    return features, np.bincount(tree)


def _points(features: int) -> tuple[tuple[float, float], ...]:
    """Gauss and Legendre's: n points are exact below degree 2n, and the polynomials' degree is below the number of features."""
    points, weights = np.polynomial.legendre.leggauss((features + 1) // 2)
    return tuple(zip(((points + 1) / 2).tolist(), (weights / 2).tolist(), strict=True))


def _walk(forest: Forest, roots: Integers) -> tuple[Integers, Integers, tuple[int, ...]]:
    """The nodes from the roots down, level by level; the edge above each edge; and the levels' bounds."""
    nodes, arriving, first = roots, np.full(len(roots), -1), 0
    asked, above, bounds = [], [], [0]
    while len(nodes):
        if len(bounds) > MOST_LEVELS:
            raise TooDeep
        asked.append(nodes)
        above.append(np.repeat(arriving, 2))
        goes_on = ~_paired(forest.true_is_leaf[nodes], forest.false_is_leaf[nodes])
        arriving = first + np.flatnonzero(goes_on)
        nodes = _paired(forest.true[nodes], forest.false[nodes])[goes_on]
        first += len(goes_on)
        bounds.append(first)
    edges_above = np.concatenate(above)
    return np.concatenate(asked), np.where(edges_above < 0, first, edges_above), tuple(bounds)


def _paired(true: NDArray[Kind], false: NDArray[Kind]) -> NDArray[Kind]:
    return np.column_stack([true, false]).ravel()


def _previous(feature: Integers, above: Integers) -> Integers:
    """Climb from every edge until an edge of the same feature, or the root, is reached."""
    found, of_found = above.copy(), np.append(feature, -1)
    climbing = np.flatnonzero(found < len(feature))
    upwards = np.append(above, len(feature))
    while len(climbing):
        climbing = climbing[of_found[found[climbing]] != feature[climbing]]
        found[climbing] = upwards[found[climbing]]
        climbing = climbing[found[climbing] < len(feature)]
    return found


def _collected(cover: Floats, end: Integers, bounds: Sequence[int]) -> Floats:
    """Covers of all edges: that of an edge to a question is the sum of the two below it."""
    both = np.zeros(len(cover) // 2 + 1)
    for first, last in reversed(list(pairwise(bounds))):
        cover[first:last] += both[end[first:last]]
        both[first // 2 : last // 2] = cover[first:last:2] + cover[first + 1 : last : 2]
    return cover


def _shares(cover: Floats, previous: Integers, bounds: Sequence[int]) -> tuple[Floats, Floats]:
    both = np.repeat(cover[::2] + cover[1::2], 2)
    part = np.divide(cover, both, out=np.full(len(cover), 0.5), where=both > 0)
    share, before = np.ones(len(cover) + 1), np.ones(len(cover))
    for first, last in pairwise(bounds):
        before[first:last] = share[previous[first:last]]
        share[first:last] = np.maximum(part[first:last] * before[first:last], LEAST_SHARE)
    return share[:-1], before


def _features(previous: Integers, above: Integers, bounds: Sequence[int]) -> Integers:
    """How many features the path down to each edge asks about."""
    size = len(above)
    count = np.zeros(size + 1, dtype=np.int64)
    for first, last in pairwise(bounds):
        count[first:last] = count[above[first:last]] + (previous[first:last] == size)
    return count[:-1]
