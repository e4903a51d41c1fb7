"""The second reading of a body that the typed record did not take: what any client may send, by the rules for raw values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Protocol

import msgspec

from kingmaker.bundle.contents import InputSchema
from kingmaker.bundle.rows import RowUnreadable, arrays_of
from kingmaker.bundle.scorer import Floats, Texts
from kingmaker.serving.refusals import RowsRefused

_JSON = "Send one JSON object, or an array of objects, in UTF-8."
_PLACE = re.compile(r" - at `\$(?:\[(\d+)\])?\.?(.*)`$", re.DOTALL)
_LONGEST = 80


class Wanted(Protocol):
    """What `Fields` tells about the rows it wants."""

    schema: InputSchema
    id_columns: tuple[str, ...]
    accepting: Any

    def check_count(self, count: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The matrices of the rows and what they are called."""

    num: Floats | None
    cat: Texts | None
    ids: list[str | int | float | None]
    single: bool


def read_generously(body: bytes, wanted: Wanted, error: Exception) -> Read:
    """Read a body that failed with `error`. Raises RowsRefused with what is wrong, where, and what was expected."""
    value = _decoded(body, error)
    single = isinstance(value, dict)
    rows = [value] if single else value
    if not isinstance(rows, list):
        raise RowsRefused(f"the body is {_kind(value)}, not rows", code="rows_expected", remedy=_JSON)
    wanted.check_count(len(rows))
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise RowsRefused(
                f"the row is {_kind(row)}, not an object", code="rows_expected", where=f"row {index + 1}", remedy=_JSON
            )
        if wanted.accepting.refuse_unknown:
            _check_known(row, wanted, "" if single else f"row {index + 1}")
    ids = [_id_of(row, wanted.id_columns, "" if single else f"row {index + 1}") for index, row in enumerate(rows)]
    num, cat = _matrices(rows, wanted.schema, single=single)
    return Read(num=num, cat=cat, ids=ids, single=single)


def _decoded(body: bytes, error: Exception) -> Any:
    try:
        return msgspec.json.decode(body)
    except RecursionError:
        raise RowsRefused("the body is nested too deeply", code="body_malformed", remedy=_JSON) from None
    except msgspec.ValidationError as found:
        strict = error if isinstance(error, msgspec.ValidationError) and "out of range" in str(error) else found
        raise RowsRefused(
            "a number is out of range: it fits no double",
            code="number_out_of_range",
            where=_place(str(strict)),
            remedy="Give a number below 1.8e308, or leave the field out if it is missing.",
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as found:
        raise RowsRefused(_malformed(body, found), code="body_malformed", remedy=_JSON) from None


def _malformed(body: bytes, error: Exception) -> str:
    if not body.strip():
        return "the body is empty"
    if body.startswith(b"\xef\xbb\xbf"):
        return "the body begins with a byte order mark, which JSON has not"
    if isinstance(error, UnicodeDecodeError):
        return "the body is not UTF-8"
    told = str(error)
    return f"the body is not JSON: {told[0].lower()}{told[1:]}"


def _place(told: str) -> str:
    found = _PLACE.search(told)
    if found is None or found[2] in {"", "..."} or "[...]" in found[0]:
        return ""
    return _where(f"row {int(found[1]) + 1}" if found[1] else "", found[2])


def _where(row: str, field: str) -> str:
    return f"{row}, `{shortened(field)}`" if row else f"`{shortened(field)}`"


def _check_known(row: Mapping[str, object], wanted: Wanted, where: str) -> None:
    known = (*wanted.schema.names, *wanted.id_columns)
    unknown = next((name for name in row if name not in known), None)
    if unknown is None:
        return
    near = get_close_matches(unknown[:_LONGEST], known, n=1)
    raise RowsRefused(
        f"the model does not read `{shortened(unknown)}`",
        code="field_unknown",
        where=_where(where, unknown),
        remedy=f"Is it `{near[0]}`?" if near else "Leave it out; GET /schema lists the fields.",
    )


def _id_of(row: Mapping[str, object], columns: Sequence[str], where: str) -> str | int | float | None:
    for column in columns:
        value = row.get(column)
        if value is None:
            continue
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            return value
        raise RowsRefused(
            f"`{shortened(column)}` is {_kind(value)}, which names no application",
            code="field_invalid",
            where=_where(where, column),
            remedy="Give text or a number, or leave it out.",
        )
    return None


def _matrices(
    rows: list[dict[str, object]], schema: InputSchema, *, single: bool
) -> tuple[Floats | None, Texts | None]:
    try:
        return arrays_of(rows, schema)
    except RowUnreadable as error:
        row = "" if single else error.where
        raise RowsRefused(
            error.what, code="field_invalid", where=_where(row, error.field), remedy=error.remedy
        ) from None


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    names = {str: "text", int: "a number", float: "a number", list: "an array", dict: "an object"}
    return names.get(type(value), "something else")


def shortened(text: str) -> str:
    """A name as told to its sender, who knows it: at most 80 characters."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
