"""Numbers for trees: winsorised at fitted quantiles, missing values kept or filled, scaled only where declared."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from kingmaker.pipeline.declaration import Cleaning, ColumnCleaning
from kingmaker.recipe.inputs import number_of_column
from kingmaker.recipe.spec import NumberStep, Scaling

AUTOMATIC = ColumnCleaning()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What one pass says about a number. All but `missing` are of its finite values, None where there is none."""

    missing: int
    infinite: int
    lowest: float | None
    highest: float | None
    low: float | None
    high: float | None
    median: float | None


def fit_plain_numbers(
    train: pl.DataFrame, names: Sequence[str], cleaning: Cleaning
) -> list[NumberStep | tuple[str, str]]:
    """One step for each column, in order; or its name and why it is dropped."""
    facts = _read_facts(train, names, cleaning)
    steps = [_step_of(name, facts[name], cleaning.columns.get(name, AUTOMATIC)) for name in names]
    return _standardised(train, steps)


def finite_of_column(name: str) -> pl.Expr:
    """The column's finite values alone, fewer than rows: quantiles are far quicker over a column without nulls."""
    number = number_of_column(name)
    return number.filter(number.is_finite())


def _read_facts(train: pl.DataFrame, names: Sequence[str], cleaning: Cleaning) -> dict[str, _Facts]:
    low, high = cleaning.winsorise
    aggregates = [
        pl.struct(
            missing=number_of_column(name).is_nan().sum(),
            infinite=number_of_column(name).is_infinite().sum(),
            lowest=finite_of_column(name).min(),
            highest=finite_of_column(name).max(),
            low=finite_of_column(name).quantile(low, interpolation="nearest"),
            high=finite_of_column(name).quantile(high, interpolation="nearest"),
            median=finite_of_column(name).median() if _wants_median(cleaning, name) else pl.lit(None, dtype=pl.Float64),
        ).alias(name)
        for name in names
    ]
    return {name: _Facts(**values) for name, values in train.select(aggregates).row(0, named=True).items()}


def _wants_median(cleaning: Cleaning, name: str) -> bool:
    return cleaning.columns.get(name, AUTOMATIC).missing == "median"


def _step_of(name: str, facts: _Facts, declared: ColumnCleaning) -> NumberStep | tuple[str, str]:
    if facts.lowest is None or facts.highest is None or facts.low is None or facts.high is None:
        return name, "it has no value in the train window"
    if facts.lowest == facts.highest and facts.missing == facts.infinite == 0:
        return name, "it has one value only in the train window"
    clip = None if declared.outliers == "keep" else _bounds(facts.low, facts.high, (facts.lowest, facts.highest))
    low, high = clip or (facts.lowest, facts.highest)
    fill = _fill_of(declared, facts)
    scaling = Scaling.NONE if declared.scaling == "auto" else Scaling(declared.scaling)
    step = NumberStep(
        name=name,
        clip=clip,
        fill=fill,
        indicator=fill is not None and facts.missing > 0,
        scaling=scaling,
        shift=low if scaling is Scaling.LOG else 0.0,
    )
    if scaling is Scaling.MIN_MAX:
        return replace(step, centre=low, spread=_divisor(high - low))
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


def _standardised(train: pl.DataFrame, steps: list[NumberStep | tuple[str, str]]) -> list[NumberStep | tuple[str, str]]:
    """Centre and spread of the columns declared `standard`: one more pass, over their winsorised values."""
    chosen = [step for step in steps if isinstance(step, NumberStep) and step.scaling is Scaling.STANDARD]
    if not chosen:
        return steps
    clipped = {
        step.name: number_of_column(step.name).fill_nan(None).clip(*step.clip)
        if step.clip
        else finite_of_column(step.name)
        for step in chosen
    }
    moments = train.select(
        pl.struct(centre=column.mean(), spread=column.std(ddof=0)).alias(name) for name, column in clipped.items()
    ).row(0, named=True)
    found = {name: (pair["centre"], _divisor(pair["spread"])) for name, pair in moments.items()}
    return [
        replace(step, centre=found[step.name][0], spread=found[step.name][1])
        if isinstance(step, NumberStep) and step.name in found
        else step
        for step in steps
    ]
