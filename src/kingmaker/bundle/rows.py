"""Rows as mappings of raw values to the two matrices the graph reads, by the same rules as whole files."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from reprlib import Repr

import numpy as np

from kingmaker.bundle.contents import InputField, InputSchema
from kingmaker.bundle.scorer import Floats, Texts
from kingmaker.bundle.texts import Levels, number_of_text
from kingmaker.domain.category import text_of_value
from kingmaker.domain.errors import KingmakerError

_BEYOND = 2**1024 - 2**970
"""The first integer that no double holds, not even rounded."""


class RowUnreadable(KingmakerError):
    """A value of a row cannot be what its field needs. `field` names the field."""

    code = "row_unreadable"

    def __init__(self, what: str, *, field: str = "", where: str = "", remedy: str = "") -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.field = field


def arrays_of(rows: Sequence[Mapping[str, object]], schema: InputSchema) -> tuple[Floats | None, Texts | None]:
    """The `num` [N, k] and `cat` [N, m] matrices of rows of raw values; None where the schema has no such fields.

    Missing is an absent key, None, NaN or empty text. A number may be written as text; booleans count as 1 and 0.
    Keys that the schema does not know are left aside. Raises RowUnreadable naming row and field.
    """
    numbers, categories = schema.numbers, schema.categories
    num = np.empty((len(rows), len(numbers)), dtype=np.float64)
    cat = np.empty((len(rows), len(categories)), dtype=object)
    for column, field in enumerate(numbers):
        for index, row in enumerate(rows):
            num[index, column] = _number(row.get(field.name), index, field)
    for column, field in enumerate(categories):
        levels = Levels(field)
        for index, row in enumerate(rows):
            cat[index, column] = _category(row.get(field.name), index, field, levels)
    return num if numbers else None, cat if categories else None


def _number(value: object, index: int, field: InputField) -> float:
    if value is None:
        return np.nan
    if isinstance(value, (bool, int, float, np.number, np.bool_)) and _fits(value):
        return float(value)
    if isinstance(value, str):
        number = number_of_text(value)
        if number is not None:
            return number
    raise _unreadable(value, index, field, "a number")


def _fits(value: object) -> bool:
    """Whether a double holds the value; a larger integer is no number to a graph."""
    return not isinstance(value, int) or abs(value) < _BEYOND


def _category(value: object, index: int, field: InputField, levels: Levels) -> str:
    if isinstance(value, str):
        return levels.canonical(value)
    if isinstance(value, (np.bool_, np.number)):
        value = value.item()
    if value is None or (isinstance(value, (bool, int, float)) and _fits(value)):
        return text_of_value(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise _unreadable(value, index, field, "a category")


def _told(value: object) -> str:
    """The value in a short sentence, whatever was sent."""
    if isinstance(value, int) and not _fits(value):
        return "a number beyond the largest double"
    short = Repr()
    short.maxstring = short.maxother = short.maxlong = 80
    return short.repr(value)


def _unreadable(value: object, index: int, field: InputField, wanted: str) -> RowUnreadable:
    return RowUnreadable(
        f"`{field.name}` is {_told(value)}, which is not {wanted}",
        field=field.name,
        where=f"row {index + 1}",
        remedy=f"Give {wanted}, or leave the field out if it is missing.",
    )
