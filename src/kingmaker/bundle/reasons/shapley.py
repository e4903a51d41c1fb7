"""Shapley values of trees, exact, for all edges of a forest at once.

The game is the path-dependent one of TreeSHAP (Lundberg et al., Nature Machine Intelligence 2, 2020): a feature that is left
out sends a row both ways, by the shares that the training had. A leaf of value v, on whose path feature j keeps the row or
not (o_j = 1 or 0) and keeps the share z_j of the training, gives feature i

    v (o_i - z_i) * integral over t in [0, 1] of the product over the path's other features j of (t o_j + (1 - t) z_j)

(Owen, Management Science 18, 1972: the Shapley value as an integral of the game's multilinear extension). The product is a
polynomial in t, of a degree below the number of features, so Gauss-Legendre integration is exact with half as many points. For
each point, products run down the trees and sums of leaves run up, edge by edge (as in Yu et al., Linear TreeShap, 2022): the
work grows with the number of edges, not with leaves times depth.
"""

import numpy as np

from kingmaker.bundle.native.forest import Floats
from kingmaker.bundle.reasons.edges import Edges


def edge_parts(edges: Edges, values: Floats) -> Floats:
    """[N, edges] log-odds of rows `values` [N, outputs] double: added up by the edges' features they are Shapley values."""
    within, before = _kept(edges, values)
    gain, gain_before = within - edges.share, before - edges.share_before
    parts = np.zeros((len(values), edges.size))
    for point, weight in edges.points:
        now = within * point
        now += edges.share * (1 - point)
        then = before * point
        then += edges.share_before * (1 - point)
        below = _below(edges, now / then)
        np.divide(gain, now, out=now)
        np.divide(gain_before, then, out=then)
        now -= then
        now *= below
        now *= weight
        parts += now
    return parts


def _kept(edges: Edges, values: Floats) -> tuple[Floats, Floats]:
    """[N, edges] 1 or 0: whether a row passes the path's questions about the edge's feature, down to it; down to `previous`."""
    asked = values.take(edges.feature, axis=1)
    true = asked <= edges.threshold if edges.less_or_equal else asked < edges.threshold
    true |= np.isnan(asked) & edges.missing_is_true
    within, before = (np.ones((len(values), edges.size + 1)) for _ in range(2))
    within[:, 0:-1:2] = true
    within[:, 1:-1:2] = ~true
    for level in edges.levels[1:]:
        before[:, level] = within.take(edges.previous[level], axis=1)
        within[:, level] *= before[:, level]
    return within[:, :-1], before[:, :-1]


def _below(edges: Edges, factors: Floats) -> Floats:
    """[N, edges] the leaves below each edge, each times the `factors` on its path; those take the place of `factors`."""
    for level in edges.levels[1:]:
        factors[:, level] *= factors.take(edges.above[level], axis=1)
    factors *= edges.leaf
    sums = np.zeros((len(factors), edges.size // 2 + 1))
    for level in edges.levels[::-1]:
        factors[:, level] += sums.take(edges.end[level], axis=1)
        pairs = slice(level.start // 2, level.stop // 2)
        np.add(factors[:, level][:, ::2], factors[:, level][:, 1::2], out=sums[:, pairs])
    return factors
