"""Raw rows that are looked at a few columns at a time, so that a book need not fit into memory as a whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from kingmaker.cohort.availability import as_known
from kingmaker.cohort.roles import applied_days, role_columns
from kingmaker.pipeline.declaration import Pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Portions:
    """How much of a book is held together: so many values while it is read, and rows of a part of what is stored.

    As many as a third of a gigabyte of doubles: a book of a million loans and forty columns is looked at whole.
    """

    cells: int = 40_000_000
    rows_a_part: int = 1_000_000


class RawRows:
    """The rows of a frame, or of Parquet files that stay where they are; only those which are `kept`, [rows] or all."""

    def __init__(
        self, rows: pl.DataFrame | pl.LazyFrame, kept: pl.Series | None = None, *, portions: Portions | None = None
    ) -> None:
        self._rows = rows.lazy()
        self._kept = kept
        self.portions = portions or Portions()
        self.schema = self._rows.collect_schema()
        self.height = int(self._rows.select(pl.len()).collect().item()) if kept is None else int(kept.sum())

    @property
    def columns(self) -> list[str]:
        return self.schema.names()

    def read(self, names: Iterable[str]) -> pl.DataFrame:
        """These of the columns, in the order in which they stand."""
        wanted = set(names)
        found = self._rows.select(name for name in self.columns if name in wanted).collect()
        return found if self._kept is None else found.filter(self._kept)

    def without(self, gone: pl.Series) -> "RawRows":
        """The rows but those marked [rows]; of rows that are all there."""
        return RawRows(self._rows, ~gone, portions=self.portions)

    def blocks(self, names: Sequence[str]) -> Iterator[Sequence[str]]:
        """The names, as many together as may be held at once."""
        at_once = max(1, self.portions.cells // max(1, self.height))
        for first in range(0, len(names), at_once):
            yield names[first : first + at_once]


class LoanColumns:
    """The raw columns of some of the rows in an order of their own, as they were known on the days of the applications."""

    def __init__(self, raw: RawRows, pipeline: Pipeline, order: pl.Series) -> None:
        self.raw = raw
        self._pipeline = pipeline
        self._order = order

    def read(self, names: Sequence[str], first: int | None = None) -> pl.DataFrame:
        """These columns, in this order; of the `first` rows, or of all."""
        known_by = {self._pipeline.features.available_at.get(name) for name in names} - {None}
        applied_at = {self._pipeline.applied_at} - {None} if known_by else set()
        order = self._order if first is None else self._order.head(first)
        rows = self.raw.read(name for name in {*names, *known_by, *applied_at} if name is not None)[order]
        if known_by:
            rows = as_known(rows, applied_days(rows, self._pipeline), self._pipeline)
        return rows.select(names)


def columns_of_roles(columns: Sequence[str], pipeline: Pipeline) -> list[str]:
    """The columns on which a loan's label, window and weight rest, as far as they are there."""
    wanted = {*role_columns(pipeline), pipeline.amount, *_named_in(pipeline.population)}
    known_by = pipeline.features.available_at
    wanted |= {known_by[name] for name in wanted if name in known_by} | {*known_by.values()}
    return [name for name in columns if name in wanted]


def _named_in(condition: str | None) -> set[str]:
    """No name for what is no condition: whoever evaluates it says so."""
    try:
        return set(pl.sql_expr(condition).meta.root_names()) if condition else set()
    except pl.exceptions.PolarsError:
        return set()
