"""The margin of a model of trees split over raw columns by Shapley values."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.native.cut import CutGraph, cut_at_trees
from kingmaker.bundle.native.forest import Floats, Forest, Integers, NotWalkable, read_forest
from kingmaker.bundle.reasons.columns import Unfitting, added_by_column
from kingmaker.bundle.reasons.edges import Edges, TooDeep, edges_of, sizes_of
from kingmaker.bundle.reasons.shapley import edge_parts
from kingmaker.bundle.sessions import even_rows, session_of

PIECE = 2_048
"""Rows prepared at a time. Even: see `even_rows`."""
TOGETHER = 32_768
"""Edges laid out together, and edges times rows worked on at a time: the arrays in use fit a processor's cache."""


class TreeSplit:
    """Safe for several threads."""

    def __init__(self, model: bytes, origins: Sequence[Sequence[int]], columns: int, covers: Sequence[float]) -> None:
        """`origins[i]` is the one place among so many raw columns of the trees' column i. Raises Unfitting."""
        cut, forest = _trees_of(model)
        cover = np.array(covers, dtype=np.float64)
        if len(cover) != len(forest.leaves) or not (np.isfinite(cover) & (cover >= 0)).all():
            raise Unfitting(f"the trees have {len(forest.leaves)} leaves, and the file other than one cover for each")
        if len(origins) <= forest.feature.max() or any(len(places) != 1 for places in origins):
            raise Unfitting("the trees read other columns than the file tells of")
        place = np.array([places[0] for places in origins], dtype=np.int64)
        try:
            parts = [edges_of(forest, roots, cover) for roots in _together(forest)]
        except TooDeep as error:
            raise Unfitting("a tree is too deep") from error
        self._values, self._before = cut.values, session_of(cut.before)
        self._parts = [(edges, np.repeat(place[edges.feature], 2)) for edges in parts]
        self._columns = columns

    def log_odds(self, feed: Mapping[str, NDArray[Any]]) -> Floats:
        """[N, columns] for the graph's inputs: what each raw column adds, against the average by the training's covers."""
        rows = len(next(iter(feed.values())))
        answer = np.zeros((rows, self._columns))
        for start in range(0, rows, PIECE):
            some = slice(start, min(start + PIECE, rows))
            piece = {name: even_rows(matrix[some]) for name, matrix in feed.items()}
            values = self._before.run([self._values], piece)[0][: some.stop - start]
            for edges, column in self._parts:
                self._add(edges, column, values, answer[some])
        return answer

    def _add(self, edges: Edges, column: Integers, values: Floats, answer: Floats) -> None:
        step = max(1, TOGETHER // edges.size)
        for start in range(0, len(values), step):
            parts = edge_parts(edges, values[start : start + step])
            answer[start : start + step] += added_by_column(parts, column, self._columns)


def _trees_of(model: bytes) -> tuple[CutGraph, Forest]:
    try:
        cut = cut_at_trees(model, worth=1)
        return cut, read_forest(cut.node)
    except NotWalkable as error:
        raise Unfitting(f"the graph's trees cannot be read: {error}") from error


def _together(forest: Forest) -> Iterator[Integers]:
    """Roots of trees, so many at a time that their edges fit: those alike in what their integrals need."""
    features, sizes = sizes_of(forest)
    order = np.argsort(features, kind="stable")
    batch = np.cumsum(sizes[order]) // TOGETHER
    for number in np.unique(batch):
        yield forest.roots[order[batch == number]]
