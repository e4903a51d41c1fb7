"""A graph whose trees are walked by the compiled library: onnxruntime before them, the walker, onnxruntime after them."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from kingmaker.bundle.native.cut import CutGraph, cut_at_trees
from kingmaker.bundle.native.forest import Floats, Forest, NotWalkable, read_forest
from kingmaker.bundle.native.library import LIBRARY, library
from kingmaker.bundle.native.trial import same_bits, trial_rows
from kingmaker.bundle.native.walker import TreeWalker
from kingmaker.bundle.sessions import session_of

PIECE = 2_048
"""Rows prepared and walked at a time, so that what lies between stays in the processor's cache. Even: see the scorer."""


class WalkedGraph:
    """Answers what the whole graph's session would, bit for bit. Safe for several threads."""

    def __init__(self, cut: CutGraph, walker: TreeWalker) -> None:
        self.cut = cut
        self.walker = walker
        self._before = session_of(cut.before)
        self._after = session_of(cut.after)

    @property
    def text_columns(self) -> int:
        """How many columns of texts the graph reads."""
        return next((int(one.shape[1]) for one in self._before.get_inputs() if one.name == "cat"), 0)

    def run(self, names: list[str], feed: dict[str, Any]) -> list[Any]:
        """The graph's outputs of these names, for its inputs."""
        rows = len(next(iter(feed.values())))
        if rows <= PIECE:
            sums = self._sums(feed)
        else:
            sums = np.concatenate(
                [
                    self._sums({name: matrix[start : start + PIECE] for name, matrix in feed.items()})
                    for start in range(0, rows, PIECE)
                ]
            )
        return self.answers(names, sums)

    def prepared(self, feed: dict[str, Any]) -> Floats:
        """What the trees read, [N, columns], by onnxruntime."""
        values: Floats = self._before.run([self.cut.values], feed)[0]
        return values

    def answers(self, names: list[str], sums: Floats) -> list[Any]:
        """What becomes of the trees' sums [N], by onnxruntime."""
        return list(self._after.run(names, {self.cut.sums: sums.reshape(-1, 1)}))

    def _sums(self, feed: dict[str, Any]) -> Floats:
        return self.walker.sums(self.prepared(feed))


def walked_graph(model: bytes, path: Path = LIBRARY) -> WalkedGraph | None:
    """None without the library at `path`, for a graph without trees to walk, or when a single trial row's sum has other bits.

    The graph is one that `check_graph` has passed and onnxruntime has loaded.
    """
    found = library(path)
    if found is None:
        return None
    try:
        cut = cut_at_trees(model)
        forest = read_forest(cut.node)
        walker = TreeWalker(found, forest)
    except NotWalkable:
        return None
    return WalkedGraph(cut, walker) if agrees(walker, forest, session_of(cut.trees)) else None


def agrees(walker: TreeWalker, forest: Forest, session: onnxruntime.InferenceSession) -> bool:
    """Whether walker and onnxruntime give the same bits on rows made to tell them apart, in large calls and in small ones."""
    rows = trial_rows(forest, int(forest.feature.max()) + 1)
    name = session.get_inputs()[0].name
    return all(_same_sums(walker, session, name, part) for part in (rows, rows[:33], rows[:1]))


def _same_sums(walker: TreeWalker, session: onnxruntime.InferenceSession, name: str, rows: Floats) -> bool:
    return same_bits(walker.sums(rows), session.run(None, {name: rows})[0])
