"""A stream's schema: each field's name, type, dictionary, and how many nodes and buffers it takes up in a batch."""

from dataclasses import dataclass
from enum import IntEnum

from kingmaker.interfaces.endpoint.arrow.flat import FlatTable
from kingmaker.interfaces.endpoint.arrow.unreadable import ArrowUnreadable

_DEEPEST = 16
"""Types within types."""

_MOST_FIELDS = 65_536
"""Columns with all that is within them: tables may be shared, so that a small message could stand for a huge schema."""


class Kind(IntEnum):
    """Arrow's types, numbered as in its Schema.fbs."""

    NULL = 1
    INTEGER = 2
    FLOATING = 3
    BINARY = 4
    TEXT = 5
    BOOLEAN = 6
    DECIMAL = 7
    DATE = 8
    TIME = 9
    TIMESTAMP = 10
    INTERVAL = 11
    LIST = 12
    STRUCT = 13
    UNION = 14
    FIXED_BINARY = 15
    FIXED_LIST = 16
    MAP = 17
    DURATION = 18
    LARGE_BINARY = 19
    LARGE_TEXT = 20
    LARGE_LIST = 21
    RUN_ENDS = 22
    BINARY_VIEW = 23
    TEXT_VIEW = 24
    LIST_VIEW = 25
    LARGE_LIST_VIEW = 26


VIEWS = frozenset({Kind.BINARY_VIEW, Kind.TEXT_VIEW})
_THREE_BUFFERS = frozenset(
    {Kind.BINARY, Kind.TEXT, Kind.LARGE_BINARY, Kind.LARGE_TEXT, Kind.LIST_VIEW, Kind.LARGE_LIST_VIEW}
)
_ONE_BUFFER = frozenset({Kind.STRUCT, Kind.FIXED_LIST})
_NO_BUFFER = frozenset({Kind.NULL, Kind.RUN_ENDS})
_SINGLE, _DOUBLE = 1, 2
_DENSE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrowType:
    """`kind`, and what completes it: numpy's code of integers and floats, bytes and scale of decimals, unit of dates."""

    kind: Kind
    code: str = ""
    width: int = 0
    scale: int = 0
    buffers: int = 2
    """Buffers of its own in a batch, without those of children; views have further ones, which the batch counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrowField:
    """A column. With a `dictionary` its batches hold places of type `index`, and the dictionary holds `type`."""

    name: str
    type: ArrowType
    children: tuple["ArrowField", ...] = ()
    dictionary: int | None = None
    index: ArrowType | None = None


def read_fields(schema: FlatTable) -> tuple[ArrowField, ...]:
    """Raises ArrowUnreadable for what no schema of this format version holds, and for two columns of one name."""
    if schema.number(0, "h", 0):
        raise ArrowUnreadable("the stream is big-endian, and only little-endian ones are read")
    reader = _FieldReader()
    fields = tuple(reader.read(table, 0) for table in schema.tables(1))
    names: set[str] = set()
    for field in fields:
        if field.name in names:
            raise ArrowUnreadable(f"there are two columns named `{field.name}`")
        names.add(field.name)
    return fields


class _FieldReader:
    def __init__(self) -> None:
        self._left = _MOST_FIELDS

    def read(self, table: FlatTable, depth: int) -> ArrowField:
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            raise ArrowUnreadable("the schema has too many columns, or types nested too deeply")
        name = table.text(0)
        told = table.table(3)
        if told is None:
            raise ArrowUnreadable(f"column `{name}` has no type")
        kind = _type(table.number(2, "B", 0), told, name)
        children = tuple(self.read(child, depth + 1) for child in table.tables(5))
        encoding = table.table(4)
        if encoding is None:
            return ArrowField(name=name, type=kind, children=children)
        index = encoding.table(1)
        places = _integer(index) if index else ArrowType(kind=Kind.INTEGER, code="<i4")
        dictionary = encoding.number(0, "q", 0)
        return ArrowField(name=name, type=kind, children=children, dictionary=dictionary, index=places)


def _type(number: int, told: FlatTable, name: str) -> ArrowType:
    try:
        kind = Kind(number)
    except ValueError as error:
        raise ArrowUnreadable(f"column `{name}` has a type of number {number}, which is not known here") from error
    if kind is Kind.INTEGER:
        return _integer(told)
    if kind is Kind.FLOATING:
        precision = told.number(0, "h", 0)
        return ArrowType(kind=kind, code={_SINGLE: "<f4", _DOUBLE: "<f8"}.get(precision, "<f2"))
    if kind is Kind.DECIMAL:
        return ArrowType(kind=kind, width=_decimal_bytes(told.number(2, "i", 128)), scale=told.number(1, "i", 0))
    if kind is Kind.DATE:
        return ArrowType(kind=kind, code="<i8" if told.number(0, "h", 1) else "<i4")
    if kind is Kind.UNION:
        return ArrowType(kind=kind, buffers=2 if told.number(0, "h", 0) == _DENSE else 1)
    return ArrowType(kind=kind, buffers=_buffers(kind))


def _integer(told: FlatTable) -> ArrowType:
    bits = told.number(0, "i", 0)
    if bits not in {8, 16, 32, 64}:
        raise ArrowUnreadable(f"an integer of {bits} bits is not one of 8, 16, 32 or 64")
    sign = "i" if told.number(1, "B", 0) else "u"
    return ArrowType(kind=Kind.INTEGER, code=f"<{sign}{bits // 8}")


def _decimal_bytes(bits: int) -> int:
    if bits not in {32, 64, 128, 256}:
        raise ArrowUnreadable(f"a decimal of {bits} bits is not one of 32, 64, 128 or 256")
    return bits // 8


def _buffers(kind: Kind) -> int:
    if kind in _NO_BUFFER:
        return 0
    if kind in _ONE_BUFFER:
        return 1
    return 3 if kind in _THREE_BUFFERS else 2
