"""Numbers for trees: winsorised at fitted quantiles, missing values kept or filled, scaled only where declared."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from kingmaker.pipeline.declaration import Cleaning, ColumnCleaning
from kingmaker.recipe.ordered import Ordered, in_order, median, nearest, read_each
from kingmaker.recipe.spec import NumberStep, Scaling

AUTOMATIC = ColumnCleaning()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What one sort says about a number. `lowest`, `highest` and `median` are of its finite values, None without any."""

    missing: int
    infinite: int
    lowest: float | None = None
    highest: float | None = None
    clip: tuple[float, float] | None = None
    """Bounds to which outliers are pulled in; None also where the column keeps them."""
    median: float | None = None
    moments: tuple[float, float] = (0.0, 1.0)
    """Mean and standard deviation of the winsorised values; found only where a column is declared `standard`."""


def fit_plain_numbers(
    train: pl.DataFrame, names: Sequence[str], cleaning: Cleaning
) -> list[NumberStep | tuple[str, str]]:
    """One step for each column, in order; or its name and why it is dropped."""
    facts = read_each(names, lambda name: _read_facts(train, name, cleaning))
    return [_step_of(name, facts[name], cleaning.columns.get(name, AUTOMATIC)) for name in names]


def _read_facts(train: pl.DataFrame, name: str, cleaning: Cleaning) -> _Facts:
    declared = cleaning.columns.get(name, AUTOMATIC)
    ordered = in_order(train, name)
    finite = ordered.finite
    infinite = len(ordered.values) - len(finite)
    if not len(finite):
        return _Facts(missing=ordered.missing, infinite=infinite)
    lowest, highest = float(finite[0]), float(finite[-1])
    low, high = (nearest(finite, share) for share in cleaning.winsorise)
    clip = None if declared.outliers == "keep" else _bounds(low, high, (lowest, highest))
    return _Facts(
        missing=ordered.missing,
        infinite=infinite,
        lowest=lowest,
        highest=highest,
        clip=clip,
        median=median(finite),
        moments=_moments(ordered, clip) if declared.scaling == "standard" else (0.0, 1.0),
    )


def _step_of(name: str, facts: _Facts, declared: ColumnCleaning) -> NumberStep | tuple[str, str]:
    if facts.lowest is None or facts.highest is None:
        return name, "it has no value in the train window"
    if facts.lowest == facts.highest and facts.missing == facts.infinite == 0:
        return name, "it has one value only in the train window"
    low, high = facts.clip or (facts.lowest, facts.highest)
    fill = _fill_of(declared, facts)
    scaling = Scaling.NONE if declared.scaling == "auto" else Scaling(declared.scaling)
    step = NumberStep(
        name=name,
        clip=facts.clip,
        fill=fill,
        indicator=fill is not None and facts.missing > 0,
        scaling=scaling,
        shift=low if scaling is Scaling.LOG else 0.0,
    )
    if scaling is Scaling.MIN_MAX:
        return replace(step, centre=low, spread=_divisor(high - low))
    if scaling is Scaling.STANDARD:
        return replace(step, centre=facts.moments[0], spread=_divisor(facts.moments[1]))
    return step


def _divisor(spread: float) -> float:
    """A column without spread, or with one whose reciprocal no double can hold, is not stretched."""
    return spread if sys.float_info.min <= spread < math.inf else 1.0


def _fill_of(declared: ColumnCleaning, facts: _Facts) -> float | None:
    """None keeps missing values as they are."""
    match declared.missing:
        case "auto" | "keep":
            return None
        case "median":
            return facts.median
        case constant:
            return float(constant)


def _bounds(low: float, high: float, extremes: tuple[float, float]) -> tuple[float, float]:
    """Quantiles that coincide would make a column constant that is not: then its extremes are the bounds."""
    return (low, high) if low < high else extremes


def _moments(ordered: Ordered, clip: tuple[float, float] | None) -> tuple[float, float]:
    """Mean and standard deviation of the winsorised values. Uses the values up: a copy of a column is not worth its memory."""
    values = ordered.values if clip else ordered.finite
    if clip:
        np.clip(values, *clip, out=values)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(values.mean())
        values -= mean
        values *= values
        return mean, math.sqrt(values.mean())
