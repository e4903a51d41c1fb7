"""From the parts of a margin to the raw columns that they stem from."""

from collections.abc import Sequence

import numpy as np

from kingmaker.bundle.native.forest import Floats, Integers


class Unfitting(Exception):
    """What the bundle tells about reasons is not about its graph: the message says how so."""


def places_of(origins: Sequence[Sequence[str]], columns: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """For each part the places of its raw columns among `columns`. Raises Unfitting for a column that is not among them."""
    place = {column: index for index, column in enumerate(columns)}
    unknown = sorted({name for names in origins for name in names} - set(place))
    if unknown:
        raise Unfitting(f"it tells of columns that the model does not read: {', '.join(unknown)}")
    if not all(origins):
        raise Unfitting("it tells of a part that stems from no column")
    return tuple(tuple(place[name] for name in names) for names in origins)


def added_by_column(parts: Floats, column: Integers, columns: int) -> Floats:
    """[N, columns]: `parts` [N, P] added up by `column` [P].

    One after the other, so that a row's sums never depend on its neighbours.
    """
    rows = len(parts)
    places = column + columns * np.arange(rows)[:, None]
    sums: Floats = np.bincount(places.ravel(), parts.ravel(), minlength=rows * columns).astype(np.float64, copy=False)
    return sums.reshape(rows, columns)
