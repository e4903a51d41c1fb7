"""Any table's columns as the two inputs that training and the graph share: doubles with NaN, and texts."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.domain.category import MISSING_TEXTS, text_of_value
from kingmaker.recipe.spec import Recipe


def number_of_column(name: str) -> pl.Expr:
    """The column as doubles, missing being NaN; what cannot be read as a number is missing."""
    return pl.col(name).cast(pl.Float64, strict=False).fill_null(float("nan"))


def text_of_category(name: str, dtype: pl.DataType) -> pl.Expr:
    """The column as the texts of `domain.category.text_of_value`, missing being the empty string."""
    column = pl.col(name)
    if dtype.is_float():
        return column.map_batches(_texts_of_floats, return_dtype=pl.String)
    text = column.cast(pl.String)
    if dtype.is_integer() or dtype in {pl.Boolean, pl.Null}:
        return text.fill_null("")
    return pl.when(text.is_null() | text.is_in(MISSING_TEXTS)).then(pl.lit("")).otherwise(text).alias(name)


def _texts_of_floats(column: pl.Series) -> pl.Series:
    values = column.unique()
    texts = pl.Series([text_of_value(value) for value in values], dtype=pl.String)
    return column.replace_strict(values, texts, return_dtype=pl.String).fill_null("")


def read_inputs(frame: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    """The recipe's input columns alone, in input order: numbers as Float64 with NaN, categories as String with ''."""
    numbers = [number_of_column(name) for name in recipe.number_inputs()]
    texts = [text_of_category(name, frame.schema[name]) for name in recipe.category_inputs()]
    return frame.select(numbers + texts)


def number_inputs_of(frame: pl.DataFrame, recipe: Recipe) -> NDArray[np.float64]:
    """The graph's `num` input, [rows, k], C-ordered."""
    names = recipe.number_inputs()
    matrix = np.empty((frame.height, len(names)))
    for place, name in enumerate(names):
        matrix[:, place] = frame.select(number_of_column(name)).to_series().to_numpy()
    return matrix


def category_inputs_of(frame: pl.DataFrame, recipe: Recipe) -> NDArray[np.object_]:
    """The graph's `cat` input, [rows, m] of str objects."""
    names = recipe.category_inputs()
    matrix = np.empty((frame.height, len(names)), dtype=object)
    for place, name in enumerate(names):
        matrix[:, place] = frame.select(text_of_category(name, frame.schema[name])).to_series().to_numpy()
    return matrix
