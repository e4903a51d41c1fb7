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

from typing import Any

import numpy as np

from kingmaker.bundle.native.forest import Floats
from kingmaker.bundle.reasons.edges import Edges


def points_for(features: Any) -> Any:
    """How many points integrate a path exactly that asks about so many features; a number or an array of them."""
    return (features + 1) // 2


def edge_parts(edges: Edges, values: Floats) -> Floats:
    """[N, edges] log-odds of rows `values` [N, outputs] double: added up by the edges' features they are Shapley values."""
    within, before = _kept(edges, values)
    points, weights = np.polynomial.legendre.leggauss(points_for(edges.features))
    parts = np.zeros((len(values), edges.size))
    for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
        parts += weight * _at(edges, within, before, point)
    return parts


def _kept(edges: Edges, values: Floats) -> tuple[Floats, Floats]:
    """[N, edges] 1 or 0: whether a row passes the path's questions about the edge's feature, down to it; down to `previous`."""
    asked = values[:, edges.feature]
    true = asked <= edges.threshold if edges.less_or_equal else asked < edges.threshold
    true |= np.isnan(asked) & edges.missing_is_true
    rows = len(values)
    within = np.ones((rows, edges.size + 1), dtype=np.bool_)
    within[:, 0:-1:2] = true
    within[:, 1:-1:2] = ~true
    before = np.ones((rows, edges.size), dtype=np.bool_)
    for level in edges.levels[1:]:
        before[:, level] = within[:, edges.previous[level]]
        within[:, level] &= before[:, level]
    return within[:, :-1].astype(np.float64), before.astype(np.float64)


def _at(edges: Edges, within: Floats, before: Floats, point: float) -> Floats:
    """The integrand of every edge at one point."""
    now = edges.share * (1 - point) + within * point
    then = edges.share_before * (1 - point) + before * point
    product = now / then
    for level in edges.levels[1:]:
        product[:, level] *= product[:, edges.above[level]]
    below = product * edges.leaf
    for ends, level in zip(edges.inner[-2::-1], edges.levels[:0:-1], strict=True):
        pairs = below[:, level]
        below[:, ends] = pairs[:, ::2] + pairs[:, 1::2]
    return below * ((within - edges.share) / now - (before - edges.share_before) / then)
