"""What a pipeline's readings leave out: rows of customers who were erased, though the source may still have them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from kingmaker.cohort.raw import RawRows, columns_of_roles
from kingmaker.cohort.roles import ROW_NUMBER, with_roles
from kingmaker.domain.erasure import Marks
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.house import House
from kingmaker.privacy.erased import Finder, Marker


@dataclass(frozen=True)
class Erased:
    """The erasures of a pipeline, each with when it was begun."""

    marker: Marker
    erasures: tuple[tuple[Marks, datetime], ...] = ()

    def fingerprint(self) -> list[str]:
        """Changes with every erasure; empty when there was none."""
        return [f"{marks.customers[0]} {len(marks.applications)} {at.isoformat()}" for marks, at in self.erasures]

    def left(self, raw: RawRows, pipeline: Pipeline) -> RawRows:
        """The raw rows without those of erased customers who applied until the day on which they were erased.

        Who applies again afterwards is a customer like any other. Where applications have no dates, every row goes.
        """
        if not self.erasures:
            return raw
        roles = with_roles(raw.read(columns_of_roles(raw.columns, pipeline)), pipeline)
        gone = pl.repeat(value=False, n=roles.height, dtype=pl.Boolean, eager=True)
        for marks, at in self.erasures:
            until = pl.lit(at.date())
            before = roles.select((pl.col("_applied_at") <= until).fill_null(value=True)).to_series()
            gone |= before & rows_of(Finder(self.marker, marks), roles, has_ids=pipeline.id != ROW_NUMBER)
        return raw.without(gone)


def erased_of(house: House, pipeline: str) -> Erased:
    """What was erased from the pipeline until now, also by erasures under way."""
    return Erased(Marker(house.pseudonym_key), tuple(house.ledger.erased_marks(pipeline)))


def rows_of(finder: Finder, frame: pl.DataFrame, *, has_ids: bool) -> pl.Series:
    """Which rows of a frame with `_customer` and `_id` are the customer's. Without `has_ids` a row's id is its number."""
    found = _asked(frame["_customer"], finder.is_customer)
    return found | _asked(frame["_id"], finder.is_application) if has_ids else found


def _asked(column: pl.Series, ask: Callable[[str | None], bool]) -> pl.Series:
    values = [value for value in column.unique().to_list() if ask(value)]
    return column.is_in(values).fill_null(value=False)
