"""How the tunnel frames rows: Arrow in chunks with a CRC-32C each, or records as PyODPS itself writes them."""

import io
import struct
from typing import Any

import pyarrow as pa
from odps.models import Record, TableSchema
from odps.tunnel.checksum import Checksum
from odps.tunnel.io.types import odps_schema_to_arrow_schema
from odps.tunnel.io.writer import BaseRecordWriter

CHUNK = 4096
ROWS_A_BATCH = 512
_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def schema_of(columns: list[tuple[str, str]]) -> TableSchema:
    schema = TableSchema.from_lists([name for name, _ in columns], [kind for _, kind in columns])
    schema.build_snapshot()
    return schema


def arrow_stream(rows: pa.Table, columns: list[tuple[str, str]]) -> bytes:
    """The size of a chunk; chunks, each with its own sum; the last, shorter one with the sum of all."""
    wanted = rows.cast(odps_schema_to_arrow_schema(schema_of(columns)))
    payload = b"".join(
        batch.serialize().to_pybytes() for batch in wanted.to_batches(max_chunksize=ROWS_A_BATCH) if batch.num_rows
    )
    payload += _END_OF_STREAM
    framed = [struct.pack("!I", CHUNK)]
    whole = Checksum()
    full = len(payload) // CHUNK
    for place in range(full):
        chunk = payload[place * CHUNK : (place + 1) * CHUNK]
        framed += [chunk, _sum_of(chunk)]
        whole.update(chunk)
    rest = payload[full * CHUNK :]
    whole.update(rest)
    framed += [rest, struct.pack("!I", int(whole.getvalue()))]
    return b"".join(framed)


def record_stream(rows: pa.Table, columns: list[tuple[str, str]]) -> bytes:
    schema = schema_of(columns)
    out = io.BytesIO()
    writer = BaseRecordWriter(schema, out)
    for row in rows.to_pylist():
        writer.write(Record(schema=schema, values=[_value(row[name]) for name, _ in columns]))
    writer.close()
    return out.getvalue()


def _value(value: Any) -> Any:
    return value


def _sum_of(chunk: bytes) -> bytes:
    checksum = Checksum()
    checksum.update(chunk)
    return struct.pack("!I", int(checksum.getvalue()))
