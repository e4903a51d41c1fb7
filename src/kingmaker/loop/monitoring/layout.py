"""How the answers of one version are counted: bins of each column, and what share of the reference lies in each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.contents import InputField
from kingmaker.bundle.reading import Bundle
from kingmaker.domain.snapshot import ColumnKind
from kingmaker.domain.thresholds import Grade
from kingmaker.statistics.stability import LARGEST_LEVELS

ASSUMED_ROWS = 10_000
"""Of a reference that does not say how many rows it had. It only decides how much of an index is taken for chance."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Value = float | str | None


@dataclass(frozen=True, slots=True)
class ColumnBins:
    """Bins of a column: those of the reference, then everything that the reference never held, then missing values.

    `shares` [bins] are of the reference's rows. A number below the lowest or above the highest of the reference is one that it
    never held; of a category the 20 most frequent levels count, and all others share that bin.
    """

    field: InputField
    edges: Floats
    levels: dict[str, int]
    shares: Floats

    @classmethod
    def of(cls, field: InputField) -> "ColumnBins":
        present = 1.0 - field.missing
        levels = field.levels[:LARGEST_LEVELS]
        if field.kind is ColumnKind.NUMBER:
            known = np.asarray(field.shares, dtype=np.float64)
            known, never = (known if known.size else np.zeros(1)), 0.0
        else:
            known = np.array([one.share for one in levels], dtype=np.float64)
            never = max(0.0, 1.0 - float(known.sum())) if field.levels else 0.0
        shares = np.append(known * present, [never * present, field.missing])
        places = {one.level: place for place, one in enumerate(levels)}
        return cls(field, np.asarray(field.edges, dtype=np.float64), places, shares)

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def size(self) -> int:
        return self.shares.size

    def counted(self, values: Sequence[Value]) -> Integers:
        """Rows in each bin [bins]. A value of the wrong kind counts as missing."""
        places = self._numbers(values) if self.field.kind is ColumnKind.NUMBER else self._texts(values)
        return np.bincount(places, minlength=self.size)

    def _numbers(self, values: Sequence[Value]) -> Integers:
        numbers = _as_numbers(values)
        places = np.searchsorted(self.edges, numbers, side="right").astype(np.int64)
        if self.field.lowest is not None and self.field.highest is not None:
            places[(numbers < self.field.lowest) | (numbers > self.field.highest)] = self.size - 2
        elif self.field.lowest is None:
            places[:] = self.size - 2
        places[np.isnan(numbers)] = self.size - 1
        return places

    def _texts(self, values: Sequence[Value]) -> Integers:
        missing, never = self.size - 1, self.size - 2
        return np.array(
            [self.levels.get(one, never) if isinstance(one, str) and one else missing for one in values],
            dtype=np.int64,
        )


def _as_numbers(values: Sequence[Value]) -> Floats:
    """NaN for None and for texts. The quick way fails on texts, which no journal writes for a number."""
    try:
        return np.array(values, dtype=np.float64)
    except ValueError:
        return np.array([one if isinstance(one, float | int) else np.nan for one in values], dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a version's answers are counted by and compared with."""

    version: str
    columns: tuple[ColumnBins, ...]
    grades: tuple[Grade, ...]
    approval_rate: float
    rows: int

    @classmethod
    def of(cls, bundle: Bundle) -> "Layout":
        thresholds = bundle.cut_offs.thresholds
        return cls(
            version=bundle.version,
            columns=tuple(ColumnBins.of(field) for field in bundle.schema.fields),
            grades=thresholds.grades,
            approval_rate=thresholds.approval_rate,
            rows=bundle.lineage.fitted_rows or ASSUMED_ROWS,
        )


LayoutOf = Callable[[str], Layout | None]
"""The layout of a version; None for one that is not known here."""
