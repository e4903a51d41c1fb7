"""What a run's loans were and what a recipe made of a column, in small numbers, without any of the loop's libraries."""

from dataclasses import dataclass
from datetime import date

from kingmaker.domain.snapshot import ColumnKind, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCount:
    """The loans of one month of application in one window. `bads` is None for the recent, whose outcome is not known."""

    month: date
    window: Window
    rows: int
    bads: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How numbers are spread over the loans of the train window.

    `counts[i]` values lie from `edges[i]` to `edges[i + 1]`, bins of equal width between the outermost half per cent; `below`
    and `above` count the values beyond. `quantiles` are (share, value), from the lowest to the highest value.
    `missing` counts loans without a finite number. Without any number all of it is empty.
    """

    rows: int
    missing: int
    quantiles: tuple[tuple[float, float], ...] = ()
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    below: int = 0
    above: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnBin:
    """A bin of a number, or a level of a category. `value` is what the recipe makes of it, None where that is no one number."""

    label: str
    rows: int
    bads: int
    value: float | None

    @property
    def bad_rate(self) -> float | None:
        return self.bads / self.rows if self.rows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnOutput:
    """One prepared column: what learners see of the raw one."""

    name: str
    spread: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnAccount:
    """A raw column of the train window before and after the recipe `recipe` (`plain` or `woe`).

    `before` is None for a category. `bins` are the recipe's own where `has_own_bins`; else they part the raw values into about
    equal groups, for a person to see how bads lie among them.
    """

    run: int
    recipe: str
    name: str
    kind: ColumnKind
    rows: int
    bads: int
    before: Spread | None
    after: tuple[ColumnOutput, ...]
    bins: tuple[ColumnBin, ...]
    has_own_bins: bool
