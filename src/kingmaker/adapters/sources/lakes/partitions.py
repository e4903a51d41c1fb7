"""Which partitions can hold rows that are needed, and what their columns are."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import pyarrow as pa

from kingmaker.domain.errors import SourceError
from kingmaker.ports.source import Reading

Values = Mapping[str, str | None]
_PERIOD: Final = re.compile(r"(\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?")
_WHOLE: Final = re.compile(r"0|-?[1-9]\d{0,17}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_PARTS_OF_A_DAY: Final = ("year", "month", "day")


def dated_columns(reading: Reading, columns: Sequence[str]) -> tuple[str, ...]:
    """The partition columns that hold the application date, or its month or year.

    Raises SourceError where one is declared that is none. Without a word it is only `applied_at` itself, and only without
    tasks: these may count what lies before the window.
    """
    declared = reading.declaration.partitioned_by
    unknown = [name for name in declared if name not in columns]
    if unknown:
        there = f"the folders name {', '.join(columns)}" if columns else "no folder is named `column=value`"
        raise SourceError(
            f"`partitioned_by` names `{unknown[0]}`, which is no partition: {there}",
            where=reading.declaration.told,
            remedy="Name the folder's column that holds the application's month or day.",
        )
    if declared or reading.declaration.tasks or reading.applied_at is None:
        return declared
    return tuple(name for name in columns if name == reading.applied_at)


def is_needed(values: Values, dated: Sequence[str], reading: Reading) -> bool:
    """Whether a row of this partition may have been applied for in the run's window. What is no period is always read."""
    first, last = date.min, date.max
    for one in _periods(values, dated):
        first, last = max(first, one[0]), min(last, one[1])
    return first <= reading.latest and last >= reading.earliest


def column_types(partitions: Iterable[Values], texts: Sequence[str]) -> dict[str, pa.DataType]:
    """Whole numbers where every value is one (and none has leading zeros), days where every value is one; else text."""
    found: dict[str, list[str]] = {}
    for values in partitions:
        for name, value in values.items():
            found.setdefault(name, []).extend([] if value is None else [value])
    return {name: pa.string() if name in texts else _type(values) for name, values in found.items()}


def column(value: str | None, kind: pa.DataType, rows: int) -> pa.Array:
    """A column that holds one value in every row."""
    one = pa.array([value], pa.string()).cast(kind)[0]
    return pa.repeat(one, rows) if one.is_valid else pa.nulls(rows, kind)


def _type(values: Sequence[str]) -> pa.DataType:
    if values and all(map(_WHOLE.fullmatch, values)):
        return pa.int64()
    if values and all(_DAY.fullmatch(value) and _period(value) for value in values):
        return pa.date32()
    return pa.string()


def _periods(values: Values, dated: Sequence[str]) -> list[tuple[date, date]]:
    """Each column's own period, and the one that `year`, `month` and `day` make together."""
    told = [(name, values[name]) for name in dated if values.get(name) is not None]
    alone = [period for _, text in told if text and len(text) >= 4 and (period := _period(text))]
    parts = {name.casefold(): text for name, text in told if text}
    together = [parts.get(part, "") for part in _PARTS_OF_A_DAY]
    if together[0] and all(text.isdigit() for text in together if text):
        text = together[0].zfill(4)
        if together[1]:
            text += f"-{together[1].zfill(2)}"
            text += f"-{together[2].zfill(2)}" if together[2] else ""
        alone += [period] if (period := _period(text)) else []
    return alone


def _period(text: str) -> tuple[date, date] | None:
    """First and last day of a day, a month or a year; None for anything else."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    month = month or 12
    return first, date(first.year, month, monthrange(first.year, month)[1])
