"""The margin of a linear or additive model split over raw columns: the graph's own terms, less their averages."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.native.forest import Floats
from kingmaker.bundle.reasons.columns import Unfitting, added_by_column
from kingmaker.bundle.sessions import even_rows, session_of


class TermSplit:
    """Safe for several threads."""

    def __init__(self, model: bytes, origins: Sequence[Sequence[int]], columns: int, averages: Sequence[float]) -> None:
        """`origins[i]` are places among so many raw columns that share term i equally. Raises Unfitting for another graph's."""
        self._session = session_of(model)
        terms = next((one.shape[1] for one in self._session.get_outputs() if one.name == "terms"), 0)
        if not terms == len(origins) == len(averages) or not np.isfinite(averages).all():
            raise Unfitting(f"the graph has {terms} terms, and the file other than one average and origin for each")
        self._averages = np.array(averages, dtype=np.float64)
        self._term = np.array([term for term, places in enumerate(origins) for _ in places], dtype=np.int64)
        self._column = np.array([place for places in origins for place in places], dtype=np.int64)
        self._sharing = np.array([len(places) for places in origins for _ in places], dtype=np.float64)
        self._columns = columns

    def log_odds(self, feed: Mapping[str, NDArray[Any]]) -> Floats:
        """[N, columns] for the graph's inputs: what each raw column adds, against the average of the rows of the fit."""
        rows = len(next(iter(feed.values())))
        terms = self._session.run(["terms"], {name: even_rows(matrix) for name, matrix in feed.items()})[0][:rows]
        shares = (terms - self._averages)[:, self._term] / self._sharing
        return added_by_column(shares, self._column, self._columns)
