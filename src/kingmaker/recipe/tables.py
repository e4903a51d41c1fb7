"""A recipe over tables: the same arithmetic as its graph, written as Polars expressions."""

from functools import reduce

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.recipe.inputs import read_inputs
from kingmaker.recipe.spec import Bins, CategoryStep, Encoding, NumberStep, Recipe, Scaling, outputs_of_category

ROWS_AT_ONCE = 16_384
"""Rows prepared together: enough that an expression's fixed cost does not count, few enough to bound the memory."""
COLUMNS_AT_ONCE = 32
"""Outputs prepared together and turned into rows of the matrix: whole cache lines of it, and few enough to stay in cache.
Polars prepares them on all cores; a second block under way beside would save little time and cost its memory."""


def apply_recipe(recipe: Recipe, frame: pl.DataFrame) -> NDArray[np.float64]:
    """Prepare the rows: [rows, outputs] double, C-ordered, NaN where the recipe keeps a missing value.

    `frame` holds at least the recipe's input columns, of any type that reads as numbers or texts.
    """
    matrix = np.empty((frame.height, len(recipe.outputs())))
    expressions = compile_to_polars(recipe)
    for start in range(0, frame.height, ROWS_AT_ONCE):
        rows = read_inputs(frame.slice(start, ROWS_AT_ONCE), recipe)
        block = matrix[start : start + rows.height]
        for first in range(0, len(expressions), COLUMNS_AT_ONCE):
            few = slice(first, first + COLUMNS_AT_ONCE)
            block[:, few] = rows.select(expressions[few]).to_numpy()
    return matrix


def compile_to_polars(recipe: Recipe) -> list[pl.Expr]:
    """One expression for each output, named after it, over the columns of `inputs.read_inputs`."""
    numbers = [expression for step in recipe.numbers for expression in _of_number(step)]
    return numbers + [expression for step in recipe.categories for expression in _of_category(step)]


def _of_number(step: NumberStep) -> list[pl.Expr]:
    column = pl.col(step.name)
    if step.bins is None and step.clip is None:
        column = pl.when(column.is_infinite()).then(pl.lit(float("nan"))).otherwise(column)
    value = _binned(column, step.bins) if step.bins is not None else _scaled(_filled(column, step), step)
    outputs = [value.alias(step.name)]
    if step.indicator:
        outputs.append(column.is_nan().cast(pl.Float64).alias(f"{step.name}__missing"))
    return outputs


def _binned(column: pl.Expr, bins: Bins) -> pl.Expr:
    """A chain of comparisons from the first edge on; measured faster than a binary search up to dozens of bins."""
    last: pl.Expr = pl.lit(bins.values[-1], dtype=pl.Float64)
    below = list(zip(bins.edges, bins.values[:-1], strict=True))
    value = reduce(lambda rest, pair: pl.when(column < pair[0]).then(pair[1]).otherwise(rest), reversed(below), last)
    return pl.when(column.is_nan()).then(bins.missing).otherwise(value)


def _filled(column: pl.Expr, step: NumberStep) -> pl.Expr:
    if step.clip is not None:
        low, high = step.clip
        column = (
            pl.when(column < low).then(low).when((column > high) & column.is_not_nan()).then(high).otherwise(column)
        )
    return column if step.fill is None else column.fill_nan(step.fill)


def _scaled(column: pl.Expr, step: NumberStep) -> pl.Expr:
    match step.scaling:
        case Scaling.NONE:
            return column
        case Scaling.LOG:
            above = pl.when(column < step.shift).then(step.shift).otherwise(column) - step.shift
            return (above + 1.0).log()
        case Scaling.STANDARD | Scaling.MIN_MAX:
            return (column - step.centre) * (1.0 / step.spread)


def _of_category(step: CategoryStep) -> list[pl.Expr]:
    text = pl.col(step.name)
    if step.encoding is not Encoding.ONE_HOT:
        known = [*step.levels, ""]
        values = [*step.values, step.missing]
        return [text.replace_strict(known, values, default=step.other, return_dtype=pl.Float64)]
    flags = [text == level for level in step.levels]
    flags += [~text.is_in([*step.levels, ""])] * step.has_other + [text == ""] * step.has_missing
    return [flag.cast(pl.Float64).alias(name) for flag, name in zip(flags, outputs_of_category(step), strict=True)]
