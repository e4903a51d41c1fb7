"""Categories: levels counted once, rare ones grouped, then encoded as declared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kingmaker.domain.errors import DataRefused
from kingmaker.pipeline.declaration import Cleaning
from kingmaker.recipe.fit_numbers import AUTOMATIC
from kingmaker.recipe.inputs import text_of_category
from kingmaker.recipe.spec import CategoryStep, Encoding
from kingmaker.recipe.woe import Totals, weight_of_evidence


@dataclass(frozen=True, slots=True)
class _Count:
    """Rows and bads of a level, or of several together."""

    rows: int = 0
    bads: int = 0

    def __add__(self, other: "_Count") -> "_Count":
        return _Count(self.rows + other.rows, self.bads + other.bads)


def fit_categories(
    train: pl.DataFrame, names: Sequence[str], cleaning: Cleaning, *, label: str, totals: Totals, always_woe: bool
) -> list[CategoryStep | tuple[str, str]]:
    """One step for each column, in order; or its name and why it is dropped. Raises DataRefused for too many levels."""
    tables = pl.collect_all(
        [train.lazy().group_by(name).agg(_rows=pl.len(), _bads=pl.col(label).cast(pl.Int64).sum()) for name in names]
    )
    steps: list[CategoryStep | tuple[str, str]] = []
    for name, table in zip(names, tables, strict=True):
        declared = cleaning.columns.get(name, AUTOMATIC).encoding
        encoding = Encoding.WOE if always_woe or declared == "auto" else Encoding(declared)
        steps.append(_step_of(name, encoding, _levels_of(name, table, cleaning), cleaning.rare, totals))
    return steps


def _levels_of(name: str, table: pl.DataFrame, cleaning: Cleaning) -> dict[str, _Count]:
    if table.height > cleaning.max_levels:
        raise DataRefused(
            f"the category has {table.height} levels and at most {cleaning.max_levels} are allowed",
            where=f"column {name}",
            remedy="Forbid it, group it in a task, or declare it a number under `features.kinds`.",
        )
    texts = table.select(text_of_category(name, table.schema[name]), "_rows", "_bads")
    levels: dict[str, _Count] = {}
    for text, rows, bads in sorted(texts.iter_rows()):
        levels[text] = levels.get(text, _Count()) + _Count(rows, bads)
    return levels


def _step_of(
    name: str, encoding: Encoding, levels: Mapping[str, _Count], rare: float, totals: Totals
) -> CategoryStep | tuple[str, str]:
    fewest = rare * (totals.goods + totals.bads)
    kept = [level for level, count in levels.items() if level and count.rows >= fewest]
    grouped = [count for level, count in levels.items() if level and count.rows < fewest]
    missing = levels.get("", _Count())
    if len(kept) + bool(grouped) + bool(missing.rows) < 2:
        return name, "it has one value only in the train window"
    kept.sort(key=_order if encoding is Encoding.ORDINAL else lambda level: (-levels[level].rows, level))
    values, other, without = _values_of(encoding, [levels[level] for level in kept], grouped, missing, totals)
    return CategoryStep(
        name=name,
        encoding=encoding,
        levels=tuple(kept),
        values=values,
        other=other,
        missing=without,
        has_other=bool(grouped),
        has_missing=missing.rows > 0,
    )


def _values_of(
    encoding: Encoding, kept: Sequence[_Count], grouped: Sequence[_Count], missing: _Count, totals: Totals
) -> tuple[tuple[float, ...], float, float]:
    """Values of the kept levels, of all others, and of the missing."""
    match encoding:
        case Encoding.ONE_HOT:
            return (), 0.0, 0.0
        case Encoding.ORDINAL:
            return tuple(float(place) for place in range(len(kept))), float(len(kept)), -1.0
        case Encoding.WOE:
            cells = [*kept, sum(grouped, _Count()), missing]
            bads = np.array([cell.bads for cell in cells], dtype=np.float64)
            goods = np.array([cell.rows for cell in cells], dtype=np.float64) - bads
            *values, other, without = weight_of_evidence(goods, bads, totals).tolist()
            return tuple(values), other, without


def _order(level: str) -> tuple[bool, float, str]:
    """Ordinal levels stand in the order of their numbers where they are numbers, else of their texts."""
    try:
        return (False, float(level), level)
    except ValueError:
        return (True, 0.0, level)
