"""Columns as the service types them, and as they are kept: decimals as doubles, moments without a time zone."""

from collections.abc import Sequence
from typing import Final

import polars as pl
import pyarrow as pa
from odps import types
from odps.models import TableSchema

from kingmaker.domain.errors import SourceError
from kingmaker.privacy.masking import Mask

_REFUSED: Final = (
    types.Array,
    types.Map,
    types.Struct,
    types.Json,
    types.Binary,
    types.IntervalDayTime,
    types.IntervalYearMonth,
)


def wanted_columns(schema: TableSchema, mask: Mask, where: str) -> list[str]:
    """The columns to read, partition columns last. Raises SourceError for one whose type no table of loans has."""
    kept = mask.columns([column.name for column in schema.columns])
    odd = [schema[name] for name in kept if isinstance(schema[name].type, _REFUSED) or _is_vector(schema[name].type)]
    if odd:
        raise SourceError(
            "; ".join(f"the column `{column.name}` is of the type {_told(column.type)}" for column in odd),
            where=where,
            remedy="Take it apart in a task, or drop it with `pii.drop`.",
        )
    if not set(kept) - {key.name for key in schema.partitions}:
        raise SourceError("every column is dropped", where=where, remedy="Keep those that the pipeline names.")
    return kept


def kept_batch(batch: pa.RecordBatch, schema: TableSchema, mask: Mask, zone: str) -> pa.RecordBatch:
    """As it is written: masked, with doubles for decimals and moments as the clocks of `zone` showed them."""
    moments = {name for name in batch.schema.names if isinstance(schema[name].type, types.Datetime | types.Timestamp)}
    local = _replaced(batch, [_at_place(one, zone) if name in moments else one for name, one in _columns(batch)])
    masked = mask.apply(local)
    return _replaced(masked, [_plain(one) for _, one in _columns(masked)])


def with_partition(batch: pa.RecordBatch, values: Sequence[tuple[str, str]], schema: TableSchema) -> pa.RecordBatch:
    """The batch and its partition's values as columns, typed as the table says."""
    for name, value in values:
        column = pa.array([value] * batch.num_rows, pa.string())
        if schema[name].type in types.integer_types:
            column = column.cast(pa.int64())
        elif schema[name].type == types.date:
            column = column.cast(pa.date32())
        batch = batch.append_column(name, column)
    return batch


def _told(kind: object) -> str:
    return str(kind).lower().replace("`", "")


def _is_vector(kind: object) -> bool:
    return type(kind).__name__ == "Vector"


def _columns(batch: pa.RecordBatch) -> list[tuple[str, pa.Array]]:
    return list(zip(batch.schema.names, batch.columns, strict=True))


def _replaced(batch: pa.RecordBatch, columns: Sequence[pa.Array]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(list(columns), names=batch.schema.names)


def _at_place(moments: pa.Array, zone: str) -> pa.Array:
    """From UTC to the wall clocks of the zone, which Polars knows without the machine's own tables."""
    utc = pl.Series(pl.from_arrow(moments.cast(pa.timestamp("us"), safe=False)))
    there = utc.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)
    return pa.array(there.to_arrow().cast(pa.timestamp("us")))


def _plain(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64(), safe=False)
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us"), safe=False)
    return column.cast(pa.string()) if pa.types.is_large_string(kind) else column
