"""A model's margin split over raw columns, whatever kind of model it is."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from kingmaker.bundle.native.forest import Floats
from kingmaker.bundle.reasons.columns import Unfitting, places_of
from kingmaker.bundle.reasons.contents import Grounds
from kingmaker.bundle.reasons.terms import TermSplit
from kingmaker.bundle.reasons.trees import TreeSplit


class Split(Protocol):
    """Safe for several threads."""

    def log_odds(self, feed: Mapping[str, NDArray[Any]]) -> Floats:
        """[N, columns] for the graph's inputs `num` and `cat`, each where it has them; N is at least 1."""


def split_of(model: bytes, grounds: Grounds, columns: Sequence[str]) -> Split:
    """For a graph that `check_graph` has passed and its raw columns. Raises Unfitting when the grounds are another graph's."""
    if bool(grounds.averages) == bool(grounds.covers):
        raise Unfitting("it tells neither averages nor covers, or both")
    origins = places_of(grounds.origins, columns)
    if grounds.covers:
        return TreeSplit(model, origins, len(columns), grounds.covers)
    return TermSplit(model, origins, len(columns), grounds.averages)
