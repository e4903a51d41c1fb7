"""Fields: JSON rows decoded straight into typed records made from a model's own inputs, and the matrices of many of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import astuple

from kingmaker.bundle.contents import InputSchema
from kingmaker.bundle.scorer import Floats, Texts
from kingmaker.bundle.texts import MISSING, Levels
from kingmaker.serving.generous import read_generously
from kingmaker.serving.refusals import RowsRefused

MOST_ROWS = 10_000
"""Rows that one request may hold unless said otherwise."""

GENERIC_ID = "id"

Id = str | int | float | None
Values = tuple[Any, ...]

NOT_IN_A_NAME = frozenset('"\\') | {chr(code) for code in range(0x20)}
"""What msgspec takes for no part of a field's name."""

NOT_STRICT = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What the decoder raises."""


class Rows:
    """Rows of one request, read for one model: either the decoded `values` of each row or ready matrices.

    `values` are the numbers (float or None), then the categories (text or None), in schema order, and whatever else was
    decoded behind them. `single` says that the request was one object, not an array of one.
    """

    __slots__ = ("cat", "count", "ids", "num", "single", "values")

    def __init__(
        self,
        ids: Sequence[Id],
        values: list[Values] | None = None,
        *,
        num: Floats | None = None,
        cat: Texts | None = None,
        single: bool = False,
    ) -> None:
        self.ids = ids
        self.count = len(ids)
        self.values = values
        self.num = num
        self.cat = cat
        self.single = single


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepting:
    """What a request may hold. Unknown fields are left aside, or refused by name."""

    most_rows: int = MOST_ROWS
    refuse_unknown: bool = False


class Fields:
    """The inputs of one model. Immutable, and safe for several threads."""

    def __init__(self, schema: InputSchema, accepting: Accepting | None = None) -> None:
        self.schema = schema
        self.accepting = accepting or Accepting()
        self.columns = tuple(field.name for field in (*schema.numbers, *schema.categories))
        self.id_columns = tuple(
            name for name in dict.fromkeys((schema.id, GENERIC_ID)) if name and name not in schema.names
        )
        self._numbers = len(schema.numbers)
        self._wide = len(self.columns)
        self._levels = [Levels(field) for field in schema.categories]
        self._decode = _decoder(self)

    def read(self, body: bytes) -> Rows:
        """The rows of a JSON object or of an array of objects. Raises RowsRefused naming row and field.

        What is not as strict as the record goes by the rules for rows of raw values: the same rows are accepted, with the
        same meaning.
        """
        try:
            return self.strict(body)
        except NOT_STRICT as error:
            found = read_generously(body, self, error)
            return Rows(found.ids, num=found.num, cat=found.cat, single=found.single)

    def strict(self, body: bytes) -> Rows:
        """As `read`, but raises one of NOT_STRICT for rows that only the second, slow reading can tell the meaning of."""
        decoded = self._decode(body)
        if isinstance(decoded, list):
            self.check_count(len(decoded))
            values = [astuple(row) for row in decoded]
            return Rows([self._id_of(row) for row in values], values)
        one = astuple(decoded)
        return Rows((self._id_of(one),), [one], single=True)

    def matrices(self, parts: Sequence[Rows]) -> tuple[Floats | None, Texts | None]:
        """`num` [N, k] and `cat` [N, m] of all rows in order; None where the schema has no such fields."""
        rows: list[Values] = []
        for part in parts:
            if part.values is None:
                made = [self._matrices_of(one) for one in parts]
                return _joined([num for num, _ in made]), _joined([cat for _, cat in made])
            rows += part.values
        return self._matrices(rows)

    def check_count(self, count: int) -> None:
        """Raises RowsRefused for more rows than a request may hold."""
        if count > self.accepting.most_rows:
            raise RowsRefused(
                f"the request holds {count:,} rows, and {self.accepting.most_rows:,} are allowed",
                code="rows_too_many",
                remedy="Send them in several requests.",
            )

    def reads_like(self, schema: InputSchema) -> bool:
        """Whether rows mean the same to a model of this schema, so that what was read for one will do for the other."""
        return _inputs(self.schema) == _inputs(schema)

    def _id_of(self, row: Values) -> Id:
        """The pipeline's own id column before the generic one."""
        if not self.id_columns:
            return None
        own: Id = row[self._wide]
        return row[-1] if own is None else own

    def _matrices_of(self, part: Rows) -> tuple[Floats | None, Texts | None]:
        return (part.num, part.cat) if part.values is None else self._matrices(part.values)

    def _matrices(self, rows: list[Values]) -> tuple[Floats | None, Texts | None]:
        numbers, wide = self._numbers, self._wide
        num = np.array([row[:numbers] for row in rows], dtype=np.float64) if numbers else None
        if numbers == wide:
            return num, None
        cat = np.empty((len(rows), wide - numbers), dtype=object)
        if rows:
            cat[:] = [
                [
                    MISSING if text is None else text if levels.knows(text) else levels.canonical(text)
                    for text, levels in zip(row[numbers:wide], self._levels, strict=True)
                ]
                for row in rows
            ]
        return (num.reshape(len(rows), numbers) if num is not None else None), cat


def _inputs(schema: InputSchema) -> object:
    fields = (*schema.numbers, *schema.categories)
    return schema.id, [(field.name, field.kind, {share.level for share in field.levels}) for field in fields]


def _decoder(fields: Fields) -> Callable[[bytes], Any]:
    if any(NOT_IN_A_NAME.intersection(name) for name in (*fields.columns, *fields.id_columns)):
        return _undecodable
    return msgspec.json.Decoder(_record(fields)).decode


def _undecodable(_body: bytes) -> Any:
    """Stands in for a record that cannot be made: every body is read the general way."""
    raise msgspec.ValidationError


def _record(fields: Fields) -> Any:
    """One or many of a record with a field for every input: any name will do, since the record's own are made up."""
    numbers = {field.name for field in fields.schema.numbers}
    kinds: list[tuple[str, Any]] = [(name, float | None if name in numbers else str | None) for name in fields.columns]
    kinds += [(name, str | int | None) for name in fields.id_columns]
    row: Any = msgspec.defstruct(
        "Row",
        [(f"field_{place}", kind, None) for place, (_, kind) in enumerate(kinds)],
        rename={f"field_{place}": name for place, (name, _) in enumerate(kinds)},
        forbid_unknown_fields=fields.accepting.refuse_unknown,
        gc=False,
    )
    return row | list[row]


def _joined(parts: list[Any]) -> Any:
    return None if parts[0] is None else np.concatenate(parts)
