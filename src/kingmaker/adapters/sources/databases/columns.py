"""A batch's columns of Python values as Arrow arrays of the few types that features are made of."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from kingmaker.adapters.sources.databases.address import Address
from kingmaker.adapters.sources.databases.faults import unread
from kingmaker.domain.errors import SourceError


class Kind(Enum):
    """What a column is read as."""

    TRUTH = pa.bool_()
    WHOLE = pa.int64()
    NUMBER = pa.float64()
    DAY = pa.date32()
    MOMENT = pa.timestamp("us")
    TEXT = pa.string()


_WORDS: Final = {
    Kind.TRUTH: "truths",
    Kind.WHOLE: "whole numbers of 64 bits",
    Kind.NUMBER: "numbers",
    Kind.DAY: "days",
    Kind.MOMENT: "moments",
    Kind.TEXT: "text",
}
_NO_DAY: Final = r"^0000-|-00"
"""MySQL's days without a year, a month or a day."""
_TYPES: Final = (
    (bool, Kind.TRUTH),
    (int, Kind.WHOLE),
    ((float, Decimal), Kind.NUMBER),
    (datetime, Kind.MOMENT),
    (date, Kind.DAY),
    (str, Kind.TEXT),
    ((UUID, dict, list, time, timedelta), Kind.TEXT),
)
_TOLD: Final = {UUID: "uuid", dict: "json", list: "array", time: "time", timedelta: "interval"}


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the arrays of one column, which stands at `place` of each row."""

    address: Address
    name: str
    place: int
    kind: Kind

    def make(self, values: Sequence[Any]) -> pa.Array:
        """Raises SourceError, without any value in it, where one does not fit the column's kind."""
        if any(isinstance(value, bytes | bytearray | memoryview) for value in values):
            raise unread(self.address, self.name, "bytes")
        try:
            return self._array(values)
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            raise SourceError(
                f"the column `{self.name}` was taken for {_WORDS[self.kind]}, and holds something else further down",
                where=self.address.reference,
                remedy="CAST it in the query to one type.",
            ) from None

    def _array(self, values: Sequence[Any]) -> pa.Array:
        if self.kind is Kind.TEXT:
            return pa.array([_text(value) for value in values], pa.string())
        if self.kind in {Kind.DAY, Kind.MOMENT} and any(isinstance(value, str) for value in values):
            return _days(pa.array(values, pa.string()), self.kind.value)
        if self.kind is Kind.NUMBER:
            return pa.array([None if value is None else float(value) for value in values], pa.float64())
        if self.kind is Kind.MOMENT:
            return pa.array([_in_utc(value) for value in values], self.kind.value)
        return pa.array(values, self.kind.value)


def makers_of(
    address: Address,
    names: Sequence[str],
    columns: Sequence[Sequence[Any]],
    types: Sequence[tuple[Kind, str]] | None,
    kept: set[str],
    told: Callable[[str], None],
) -> list[Maker]:
    """One for each column that is kept: of the types that the driver tells, or else of the first batch's values."""
    makers = []
    for place, name in enumerate(names):
        if name not in kept:
            continue
        kind, changed = types[place] if types else _guess(address, name, columns[place])
        if changed:
            told(f"`{name}` ({changed}) is read as text")
        makers.append(Maker(address, name, place, kind))
    if not makers:
        raise SourceError(
            "no column is left to read", where=address.reference, remedy="Correct the query or `pii.drop`."
        )
    return makers


def _guess(address: Address, name: str, values: Sequence[Any]) -> tuple[Kind, str]:
    kinds = {type(value) for value in values if value is not None}
    found = {kind: next((told for known, told in _TYPES if issubclass(kind, known)), None) for kind in kinds}
    strange = next((kind for kind, known in found.items() if known is None), None)
    if strange is not None:
        raise unread(address, name, "bytes" if issubclass(strange, bytes) else f"values of the type {strange.__name__}")
    several = {known for known in found.values() if known is not None}
    changed = next((_TOLD[kind] for kind in kinds if kind in _TOLD), "")
    if several == {Kind.WHOLE, Kind.NUMBER}:
        return Kind.NUMBER, ""
    return (several.pop() if len(several) == 1 else Kind.TEXT), changed


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _days(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    try:
        return pc.cast(texts, kind)
    except pa.ArrowInvalid:
        missing = pc.match_substring_regex(texts, _NO_DAY)
        return pc.cast(pc.if_else(missing, None, texts), kind)


def _in_utc(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
