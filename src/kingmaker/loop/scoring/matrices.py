"""Record batches to the two matrices the graph reads, by the same rules as single rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kingmaker.bundle.contents import InputField, InputSchema
from kingmaker.bundle.scorer import Floats, Integers, Texts
from kingmaker.bundle.texts import Levels, number_of_text
from kingmaker.domain.category import text_of_value
from kingmaker.domain.errors import SourceError

_BLOCK = 4096
"""Rows transposed at a time, so that a block of all columns stays in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrices:
    """`num` [N, k] and `cat` [N, m], None where the schema has no such fields; counts are per field, in their order."""

    num: Floats | None
    cat: Texts | None
    missing_numbers: Integers
    missing_categories: Integers
    unseen: Integers
    """Rows with a level that the reference of the category does not list."""


class MatrixReader:
    """Turns batches of one file into matrices. Safe for several threads."""

    def __init__(self, schema: InputSchema, where: str) -> None:
        """`where` names the file in errors."""
        self._numbers = schema.numbers
        self._categories = [(field, Levels(field)) for field in schema.categories]
        self._where = where

    def read(self, batch: pa.RecordBatch, first_row: int) -> Matrices:
        """`first_row` is the file's row number, from 1, of the batch's first row. Columns the batch lacks are missing.

        Raises SourceError naming file, row, column and value for what is no number.
        """
        numbers = [self._number(batch, field, first_row) for field in self._numbers]
        num = _side_by_side(numbers, batch.num_rows) if numbers else None
        missing = np.isnan(num).sum(axis=0) if num is not None else np.zeros(0, dtype=np.int64)
        cat = np.empty((batch.num_rows, len(self._categories)), dtype=object)
        blank, unseen = (np.zeros(len(self._categories), dtype=np.int64) for _ in range(2))
        for place, (field, levels) in enumerate(self._categories):
            cat[:, place], blank[place], unseen[place] = self._category(batch, field, levels)
        return Matrices(
            num=num,
            cat=cat if self._categories else None,
            missing_numbers=missing,
            missing_categories=blank,
            unseen=unseen,
        )

    def _number(self, batch: pa.RecordBatch, field: InputField, first_row: int) -> Floats:
        if field.name not in batch.schema.names:
            return np.full(batch.num_rows, np.nan)
        column = _plain(batch.column(field.name))
        if _is_text(column.type):
            return self._number_of_texts(column, field, first_row)
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.uint8())
        if not (_is_number(column.type) or pa.types.is_null(column.type)):
            raise self._wrong_type(field, column.type, "numbers")
        return _doubles(column.cast(pa.float64(), safe=False))

    def _number_of_texts(self, column: Any, field: InputField, first_row: int) -> Floats:
        try:
            return _doubles(pc.utf8_trim_whitespace(column).cast(pa.float64()))
        except pa.ArrowInvalid:
            return self._number_text_by_text(column, field, first_row)

    def _number_text_by_text(self, column: Any, field: InputField, first_row: int) -> Floats:
        levels, places = _distinct(column)
        values = np.empty(len(levels) + 1)
        values[-1] = np.nan
        for index, text in enumerate(levels):
            number = number_of_text(text)
            if number is None:
                row = first_row + int(np.flatnonzero(places == index)[0])
                raise SourceError(
                    f"`{field.name}` is {text!r}, which is not a number",
                    where=f"{self._where}, row {row}, column `{field.name}`",
                    remedy="Nothing was written; correct the value, or leave it empty if it is missing, and score again.",
                )
            values[index] = number
        return values[places]

    def _category(self, batch: pa.RecordBatch, field: InputField, levels: Levels) -> tuple[Texts, int, int]:
        if field.name not in batch.schema.names:
            return np.full(batch.num_rows, "", dtype=object), batch.num_rows, 0
        column = _plain(batch.column(field.name))
        if not (_is_text(column.type) or _is_number(column.type) or _is_other_category(column.type)):
            raise self._wrong_type(field, column.type, "categories")
        found, places = _distinct(column)
        texts = np.empty(len(found) + 1, dtype=object)
        texts[:] = [*(levels.canonical(one) if isinstance(one, str) else text_of_value(one) for one in found), ""]
        counts = np.bincount(places, minlength=len(texts))
        blank = sum(int(count) for text, count in zip(texts, counts, strict=True) if not text)
        unseen = sum(int(count) for text, count in zip(texts, counts, strict=True) if text and not levels.knows(text))
        return texts[places], blank, unseen

    def _wrong_type(self, field: InputField, kind: object, wanted: str) -> SourceError:
        return SourceError(
            f"`{field.name}` holds {kind} values, and the model needs {wanted}",
            where=self._where,
            remedy="Write the column as the kind the model was trained on.",
        )


def _doubles(column: Any) -> Floats:
    """A null becomes NaN on the way."""
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _side_by_side(columns: list[Floats], rows: int) -> Floats:
    matrix = np.empty((rows, len(columns)))
    for start in range(0, rows, _BLOCK):
        for place, column in enumerate(columns):
            matrix[start : start + _BLOCK, place] = column[start : start + _BLOCK]
    return matrix


def _distinct(column: Any) -> tuple[list[Any], Integers]:
    """The distinct values, and for each row its value's place; the place of a null is one past the last value."""
    encoded = column.dictionary_encode()
    values = encoded.dictionary.to_pylist()
    places = pc.fill_null(encoded.indices, len(values)).to_numpy(zero_copy_only=False)
    return values, places


def _plain(column: Any) -> Any:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_number(kind: Any) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _is_other_category(kind: Any) -> bool:
    return bool(pa.types.is_boolean(kind) or pa.types.is_date(kind) or pa.types.is_null(kind))
