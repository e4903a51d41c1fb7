"""One set of columns for all of a lake's files, or a sentence naming the file that differs."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from kingmaker.domain.errors import SourceError
from kingmaker.privacy.masking import Mask

_REMEDY = "Write the file again as the others are, or bring older files to the new columns."


def same_names(first: Sequence[str], where_first: str, names: Sequence[str], where: str) -> None:
    """Raises SourceError where a file lacks a column or has one more. Their order may differ."""
    missing = [name for name in first if name not in names]
    more = [name for name in names if name not in first]
    if missing:
        raise SourceError(f"it has no column `{missing[0]}`, as `{where_first}` has", where=where, remedy=_REMEDY)
    if more:
        raise SourceError(f"it has a column `{more[0]}`, which `{where_first}` has not", where=where, remedy=_REMEDY)


def unified(schemas: Sequence[tuple[str, pa.Schema]], mask: Mask) -> pa.Schema:
    """Of (file, its schema): the masked columns of the first, in types that hold the values of all. Raises SourceError."""
    first, schema = schemas[0]
    types = {name: _plain(schema.field(name).type) for name in schema.names}
    for where, other in schemas[1:]:
        same_names(schema.names, first, other.names, where)
        for name, known in types.items():
            if name in mask.pii.drop or name in mask.pii.pseudonymise:
                continue
            here = _plain(other.field(name).type)
            both = _both(known, here)
            if both is None:
                what = f"the column `{name}` is {here} here, and {known} in the files before"
                raise SourceError(what, where=where, remedy=_REMEDY)
            types[name] = both
    hidden = dict.fromkeys(mask.pii.pseudonymise, pa.string())
    return pa.schema([(name, hidden.get(name, types[name])) for name in mask.columns(schema.names)])


def fitted(batch: pa.RecordBatch, schema: pa.Schema, where: str) -> pa.RecordBatch:
    """The masked batch in the order and types of the schema. Raises SourceError, which quotes no value."""
    columns = []
    for field in schema:
        try:
            columns.append(pc.cast(batch.column(field.name), field.type))
        except pa.ArrowException:
            what = f"the column `{field.name}` holds values that are no {field.type}, as other files have it"
            raise SourceError(what, where=where, remedy=_REMEDY) from None
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    return pa.string() if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) else kind


def _both(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """The type that holds the values of both; None where there is none."""
    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_timestamp(one) and pa.types.is_timestamp(other):
        return pa.timestamp("us", one.tz) if one.tz == other.tz else None
    wider = (
        (pa.types.is_null(one), other),
        (pa.types.is_integer(one) and pa.types.is_integer(other), pa.int64()),
        (_is_number(one) and _is_number(other), pa.float64()),
        (pa.types.is_date(one) and pa.types.is_date(other), pa.date32()),
    )
    return next((kind for holds, kind in wider if holds), None)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
