"""Rows and columns that teach a model nothing, or teach it wrongly: found and named here, removed by the caller."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

Booleans = NDArray[np.bool_]


def duplicate_rows(frame: pl.DataFrame, columns: Sequence[str], label: str = "_label") -> Booleans:
    """True for a row that repeats an earlier one in all `columns` and in its label, [rows]; the first one stays."""
    first = frame.select(~pl.struct([*columns, label]).is_first_distinct()).to_series()
    return first.to_numpy()


def near_constant_columns(
    frame: pl.DataFrame, columns: Sequence[str], *, share: float = 0.999
) -> list[tuple[str, float]]:
    """Columns in which one value, or missing, takes at least `share` of the rows, with that share, in column order."""
    if frame.height == 0:
        return []
    counts = frame.select(pl.col(name).value_counts().struct.field("count").max().alias(name) for name in columns)
    shares = {name: count / frame.height for name, count in counts.row(0, named=True).items()}
    return [(name, found) for name, found in shares.items() if found >= share]
