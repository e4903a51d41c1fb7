"""Reference statistics: what each raw column looked like when the model was fitted, for later comparison."""

from collections.abc import Mapping

import numpy as np

from kingmaker.bundle.contents import InputField, LevelShare
from kingmaker.bundle.scorer import Floats
from kingmaker.domain.snapshot import ColumnKind

BINS = 10


def number_field(name: str, values: Floats) -> InputField:
    """The reference of a number: `values` is [N], NaN where missing. Bins are tenths of the rows, fewer where values tie."""
    present = values[~np.isnan(values)]
    missing = 1.0 - len(present) / len(values) if len(values) else 0.0
    if not len(present):
        return InputField(name=name, kind=ColumnKind.NUMBER, missing=missing)
    wanted = np.quantile(present, np.arange(1, BINS) / BINS, method="lower")
    edges = np.unique(wanted[(wanted > present.min()) & np.isfinite(wanted)])
    counts = np.bincount(np.searchsorted(edges, present, side="right"), minlength=len(edges) + 1)
    return InputField(
        name=name,
        kind=ColumnKind.NUMBER,
        missing=missing,
        lowest=float(present.min()),
        highest=float(present.max()),
        edges=tuple(edges.tolist()),
        shares=tuple((counts / len(present)).tolist()),
    )


def category_field(name: str, counts: Mapping[str, int]) -> InputField:
    """The reference of a category: rows of each level, the empty text being missing. Levels by falling share, then name."""
    total = sum(counts.values())
    present = {level: count for level, count in counts.items() if level}
    rows = sum(present.values())
    ordered = sorted(present.items(), key=lambda item: (-item[1], item[0]))
    return InputField(
        name=name,
        kind=ColumnKind.CATEGORY,
        missing=1.0 - rows / total if total else 0.0,
        levels=tuple(LevelShare(level=level, share=count / rows) for level, count in ordered),
    )
