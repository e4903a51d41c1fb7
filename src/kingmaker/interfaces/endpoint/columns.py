"""Columns of values, however they were sent, to the rows a model reads: the rules of bundle/rows.py, column by column."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from reprlib import Repr
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.contents import InputField
from kingmaker.bundle.scorer import Booleans, Floats, Integers, Texts
from kingmaker.bundle.texts import Levels, number_of_text
from kingmaker.domain.category import text_of_value
from kingmaker.serving.fields import Fields, Id, Rows
from kingmaker.serving.generous import shortened
from kingmaker.serving.refusals import RowsRefused

_LONGEST = 80
_EXACT = 2.0**53
"""Integers below are doubles; the next one above it is told as this one."""


@dataclass(frozen=True, slots=True)
class Plain:
    """[N] booleans, integers or floats, and where they are missing; None where they never are, but for NaN."""

    values: NDArray[Any]
    missing: Booleans | None = None


@dataclass(frozen=True, slots=True)
class Coded:
    """`places` [N] in `values`, which are Python's own: None is missing."""

    values: Sequence[object]
    places: Integers


Column: TypeAlias = Plain | Coded


def column_of(values: Sequence[object]) -> Column:
    """A column of Python's own values: texts, numbers, booleans, dates, None."""
    kinds = set(map(type, values))
    if kinds <= {float, int, type(None)}:
        numbers = _doubles(values)
        if numbers is not None:
            return Plain(numbers)
    return Coded(values, np.arange(len(values)))


def _doubles(values: Sequence[object]) -> Floats | None:
    """The numbers, NaN for None; None when one may be an integer that no double holds exactly."""
    try:
        numbers = np.array(values, dtype=np.float64)
    except OverflowError:
        return None
    return None if (np.abs(numbers) >= _EXACT).any() and int in set(map(type, values)) else numbers


def rows_of(columns: Mapping[str, Column], count: int, fields: Fields) -> Rows:
    """Rows from columns by name, [count] each; a field without one is missing throughout, unknown ones are left aside.

    Raises RowsRefused naming row and column for a value no field can have, and for too many rows.
    """
    fields.check_count(count)
    schema = fields.schema
    num = np.full((count, len(schema.numbers)), np.nan)
    cat = np.full((count, len(schema.categories)), "", dtype=object)
    for place, field in enumerate(schema.numbers):
        if field.name in columns:
            num[:, place] = _numbers(columns[field.name], field)
    for place, field in enumerate(schema.categories):
        if field.name in columns:
            cat[:, place] = _texts(columns[field.name], field)
    ids = ids_of(columns, count, fields)
    return Rows(ids, num=num if schema.numbers else None, cat=cat if schema.categories else None)


def check_names(names: Sequence[str], fields: Fields, noun: str) -> None:
    """Raises RowsRefused when no column is the model's, or an unknown one is refused. `noun` is what to call a column."""
    known = {*fields.columns, *fields.id_columns}
    if not known.intersection(names):
        raise RowsRefused(
            f"no {noun} is an input of the model, which reads {_few(fields.columns)}",
            code="field_unknown",
            remedy="Name them as the model does; GET /schema lists its fields.",
        )
    unknown = next((name for name in names if name not in known), None)
    if unknown is not None and fields.accepting.refuse_unknown:
        raise RowsRefused(
            f"the model does not read `{shortened(unknown)}`",
            code="field_unknown",
            where=f"{noun} `{shortened(unknown)}`",
            remedy="Leave it out; GET /schema lists the fields.",
        )


def ids_of(columns: Mapping[str, Column], count: int, fields: Fields) -> list[Id]:
    """What the rows are called: the first of the id columns that has a value."""
    ids: list[Id] = [None] * count
    for name in fields.id_columns:
        if name in columns and None in ids:
            found = [_id(value, row, name) for row, value in enumerate(listed(columns[name]))]
            ids = [later if id_ is None else id_ for id_, later in zip(ids, found, strict=True)]
    return ids


def listed(column: Column) -> list[object]:
    """A column's values one by one, None where missing."""
    if isinstance(column, Coded):
        return [column.values[place] for place in column.places.tolist()]
    values: list[object] = column.values.tolist()
    if column.missing is None:
        return values
    return [None if gone else value for value, gone in zip(values, column.missing.tolist(), strict=True)]


def _id(value: object, row: int, name: str) -> Id:
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return value
    raise RowsRefused(
        f"`{shortened(name)}` is {_shown(value)}, which names no application",
        code="field_invalid",
        where=f"row {row + 1}, `{shortened(name)}`",
        remedy="Give text or a number, or leave it out.",
    )


def _numbers(column: Column, field: InputField) -> Floats:
    if isinstance(column, Plain):
        numbers = column.values.astype(np.float64)
        if column.missing is not None:
            numbers[column.missing] = np.nan
        return numbers
    values, places = _used(column)
    spelt = _spelt(values)
    if spelt is not None:
        return spelt[places]
    found = np.empty(len(values))
    for place, value in enumerate(values):
        number = _number(value)
        if number is None:
            raise _invalid(value, places, place, field, "a number")
        found[place] = number
    return found[places]


def _spelt(values: Sequence[object]) -> Floats | None:
    """The numbers that texts spell, all in one go; None where something else is among them."""
    if not set(map(type, values)) <= {str, type(None)}:
        return None
    texts = cast(Sequence[str | None], values)
    try:
        numbers = [math.nan if text is None else float(text) for text in texts]
    except ValueError:
        return None
    has_underscore = "_" in "".join(filter(None, texts))  # only Python reads 1_000 as a number
    return None if has_underscore else np.array(numbers)


def _used(column: Coded) -> tuple[Sequence[object], Integers]:
    """The values that rows have, and their places: a dictionary may be far longer than its batch."""
    if len(column.values) <= len(column.places):
        return column.values, column.places
    used, places = np.unique(column.places, return_inverse=True)
    return [column.values[place] for place in used.tolist()], places


def _number(value: object) -> float | None:
    if value is None:
        return math.nan
    if isinstance(value, str):
        return number_of_text(value)
    if isinstance(value, (bool, int, float, Decimal)) and _fits(value):
        return float(value)
    return None


def _texts(column: Column, field: InputField) -> Texts:
    levels = Levels(field)
    if isinstance(column, Plain):
        distinct, places = np.unique(column.values, return_inverse=True)
        values: Sequence[object] = distinct.tolist()
    else:
        values, places = _used(column)
    found = np.empty(len(values) + 1, dtype=object)
    found[-1] = ""
    known: dict[str, str] = {}
    for place, value in enumerate(values):
        text = _text(value, levels, known)
        if text is None:
            raise _invalid(value, places, place, field, "a category")
        found[place] = text
    if isinstance(column, Plain) and column.missing is not None:
        places = np.where(column.missing, len(values), places)
    texts: Texts = found[places]
    return texts


def _text(value: object, levels: Levels, known: dict[str, str]) -> str | None:
    """The value's spelling in the graph; `known` keeps those of texts, of which a column has few."""
    if isinstance(value, str):
        found = known.get(value)
        if found is None:
            found = known[value] = levels.canonical(value)
        return found
    if value is None or (isinstance(value, (bool, int, float, Decimal)) and _fits(value)):
        return text_of_value(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return None


def _fits(value: float | Decimal) -> bool:
    """Whether a double holds the value, as it must for a graph."""
    try:
        float(value)
    except OverflowError:
        return False
    return True


def _invalid(value: object, places: Integers, place: int, field: InputField, wanted: str) -> RowsRefused:
    rows = np.flatnonzero(places == place)
    name = shortened(field.name)
    return RowsRefused(
        f"`{name}` is {_shown(value)}, which is not {wanted}",
        code="field_invalid",
        where=f"row {int(rows[0]) + 1}, `{name}`" if len(rows) else f"`{name}`",
        remedy=f"Give {wanted}, or leave the field out if it is missing.",
    )


def _shown(value: object) -> str:
    if isinstance(value, int) and not _fits(value):
        return "a number beyond the largest double"
    short = Repr()
    short.maxstring = short.maxother = short.maxlong = _LONGEST
    return short.repr(value)


def _few(names: Sequence[str]) -> str:
    told = ", ".join(f"`{shortened(name)}`" for name in names[:5])
    return f"{told} and {len(names) - 5} more" if len(names) > 5 else told
