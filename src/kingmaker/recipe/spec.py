"""The recipe as data: what was learnt from the train window, in plain numbers and strings, ready for JSON.

Order of the steps of a numeric column: clip to the winsorising bounds, fill or keep the missing, log, then scale; or bins.
A missing number is NaN or null; infinities are clipped like any other value (bounds exist), fall into the outermost bin
(bins) or are treated as missing (neither). A missing string is the empty string; null, "None", "nan" and "NaN" are read as
missing at every boundary.
"""

from dataclasses import dataclass
from enum import StrEnum


class Scaling(StrEnum):
    NONE = "none"
    LOG = "log"
    """ln(1 + value - shift): values below the shift are clipped to it."""
    STANDARD = "standard"
    """(value - centre) * (1 / spread), centre and spread being mean and standard deviation."""
    MIN_MAX = "min_max"
    """(value - centre) * (1 / spread), centre and spread being lowest value and range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """Bins [edge[i-1], edge[i]) with one value each: len(values) == len(edges) + 1; edges strictly increasing, finite.

    `missing` is the value for NaN. Values are WoE (ln of good share over bad share) or the bin's number, from 0.
    """

    edges: tuple[float, ...]
    values: tuple[float, ...]
    missing: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberStep:
    """One numeric column: outputs `name`, and `name__missing` (0/1) when `indicator` is set.

    `fill` None keeps NaN for learners that route it themselves. With `bins`, clip/fill/scale do not apply.
    """

    name: str
    clip: tuple[float, float] | None = None
    fill: float | None = None
    indicator: bool = False
    scaling: Scaling = Scaling.NONE
    shift: float = 0.0
    centre: float = 0.0
    spread: float = 1.0
    bins: Bins | None = None


class Encoding(StrEnum):
    ONE_HOT = "one_hot"
    ORDINAL = "ordinal"
    WOE = "woe"


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryStep:
    """One string column. `levels` are the kept levels in order; rare ones are grouped in `other`, like the unseen.

    ONE_HOT outputs `name=level` for each level plus `name=__other__` and `name=__missing__` where those were seen in
    training (`values` unused). ORDINAL and WOE output `name`: `values[i]` for `levels[i]`, `other` for rare or unseen
    levels, `missing` for the empty string.
    """

    name: str
    encoding: Encoding
    levels: tuple[str, ...]
    values: tuple[float, ...] = ()
    other: float = 0.0
    missing: float = 0.0
    has_other: bool = False
    has_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The fitted cleaning. `numbers` and `categories` are in input order; outputs are numbers' first, then categories'."""

    variant: str
    numbers: tuple[NumberStep, ...]
    categories: tuple[CategoryStep, ...]
    dropped: tuple[tuple[str, str], ...] = ()
    """Columns left out by denoising, each with its reason (near constant, unstable between months, ...)."""

    def number_inputs(self) -> tuple[str, ...]:
        """Columns of the graph's `num` input, [N, k] double."""
        return tuple(step.name for step in self.numbers)

    def category_inputs(self) -> tuple[str, ...]:
        """Columns of the graph's `cat` input, [N, m] string."""
        return tuple(step.name for step in self.categories)

    def outputs(self) -> tuple[str, ...]:
        """Names of the output columns, [N, p] double, in order."""
        names: list[str] = []
        for number in self.numbers:
            names += [number.name, f"{number.name}__missing"] if number.indicator else [number.name]
        for category in self.categories:
            names += outputs_of_category(category)
        return tuple(names)

    def origins(self) -> tuple[str, ...]:
        """For each output, the raw column it came from: reason codes are told in raw columns."""
        origins: list[str] = []
        for number in self.numbers:
            origins += [number.name] * (2 if number.indicator else 1)
        for category in self.categories:
            origins += [category.name] * len(outputs_of_category(category))
        return tuple(origins)


def outputs_of_category(step: CategoryStep) -> list[str]:
    if step.encoding is not Encoding.ONE_HOT:
        return [step.name]
    names = [f"{step.name}={level}" for level in step.levels]
    names += [f"{step.name}=__other__"] * step.has_other
    names += [f"{step.name}=__missing__"] * step.has_missing
    return names
