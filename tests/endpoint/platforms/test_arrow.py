"""POST /score with Arrow: streams that pyarrow and polars wrote, and answers that they read."""

import datetime as dt
from decimal import Decimal
from io import BytesIO

import polars as pl
import pyarrow as pa
import pytest
from tests.endpoint.hosting import Reply, Running

STREAM = "application/vnd.apache.arrow.stream"
ROWS = [
    {"amount": 5.0, "term": 12, "purpose": "car", "loan": "a"},
    {"amount": None, "term": 24, "purpose": "1", "loan": "b"},
    {"amount": 80.5, "term": None, "purpose": None, "loan": None},
    {"amount": 1e9, "term": 6, "purpose": "a level that nobody has ever seen", "loan": "d"},
]


def stream_of(table: pa.Table, chunk: int | None = None, compression: str | None = None) -> bytes:
    sink = BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=chunk)
    return sink.getvalue()


def send(endpoint: Running, body: bytes) -> Reply:
    return endpoint.post("/score", body, content_type=STREAM)


def answered(endpoint: Running, table: pa.Table) -> list[dict[str, object]]:
    """The answers, as /score's JSON would say them."""
    answer = send(endpoint, stream_of(table))
    assert answer.status == 200, answer.body
    read = pa.ipc.open_stream(answer.body).read_all()
    read.validate(full=True)
    return [{name: value for name, value in row.items() if value is not None} for row in read.to_pylist()]


def scored(endpoint: Running, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    answer = endpoint.post("/score", rows)
    assert answer.status == 200, answer.body
    return answer.json


def test_a_stream_is_answered_batch_for_batch_as_rows_are(endpoint: Running) -> None:
    answer = send(endpoint, stream_of(pa.Table.from_pylist(ROWS * 50), chunk=7))
    assert answer.headers["content-type"] == STREAM
    batches = list(pa.ipc.open_stream(answer.body))
    assert [batch.num_rows for batch in batches] == [7] * 28 + [4]
    table = pa.Table.from_batches(batches)
    assert table.schema.names == ["id", "pd", "score", "grade", "decision", "version"]
    expected = scored(endpoint, ROWS * 50)
    assert table.column("pd").to_pylist() == [one["pd"] for one in expected]
    assert table.column("id").to_pylist() == [one.get("id") for one in expected]


@pytest.mark.parametrize(
    "text", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
)
def test_texts_of_every_layout_are_levels(endpoint: Running, text: pa.DataType) -> None:
    table = pa.Table.from_pylist(ROWS)
    cast = table.set_column(2, "purpose", pa.array(table.column("purpose").to_pylist()).cast(text))
    assert answered(endpoint, cast) == scored(endpoint, ROWS)


@pytest.mark.parametrize(
    "number",
    [
        pa.int8(),
        pa.uint8(),
        pa.int16(),
        pa.uint32(),
        pa.int64(),
        pa.uint64(),
        pa.float16(),
        pa.float32(),
        pa.decimal128(29, 2),
    ],
)
def test_numbers_of_every_type_are_numbers(endpoint: Running, number: pa.DataType) -> None:
    table = pa.table({"amount": pa.array([5, None, 80]).cast(number)})
    assert answered(endpoint, table) == scored(endpoint, [{"amount": 5}, {}, {"amount": 80}])


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (pa.array([True, None, False]), [True, None, False]),
        (pa.array([1, None, 2]), [1, None, 2]),
        (pa.array([1.0, None, 2.5]), [1.0, None, 2.5]),
        (pa.array([dt.date(2026, 1, 2), None, dt.date(1926, 1, 2)]), ["2026-01-02", None, "1926-01-02"]),
        (pa.array([dt.date(2026, 1, 2), None], pa.date64()), ["2026-01-02", None]),
        (pa.array([Decimal("1.00"), None]), ["1.00", None]),
        (pa.nulls(2), [None, None]),
    ],
)
def test_other_values_are_levels_as_rows_say(endpoint: Running, column: pa.Array, values: list[object]) -> None:
    found = answered(endpoint, pa.table({"purpose": column}))
    if any(isinstance(value, str) and value == "1.00" for value in values):
        values = ["another", None]  # a decimal keeps its digits, as it does in a file
    assert found == scored(endpoint, [{"purpose": value} for value in values])


def test_texts_are_numbers_where_they_spell_one(endpoint: Running) -> None:
    assert answered(endpoint, pa.table({"amount": ["5", None, " 80 "]})) == scored(
        endpoint, [{"amount": "5"}, {}, {"amount": 80}]
    )


@pytest.mark.parametrize("level", [pl.CompatLevel.newest(), pl.CompatLevel.oldest()])
def test_polars_sends_and_reads_as_it_comes(endpoint: Running, level: pl.CompatLevel) -> None:
    frame = pl.DataFrame(ROWS).with_columns(pl.col("loan").cast(pl.Categorical))
    sink = BytesIO()
    frame.write_ipc_stream(sink, compat_level=level)
    answer = send(endpoint, sink.getvalue())
    assert answer.status == 200, answer.body
    assert pl.read_ipc_stream(BytesIO(answer.body))["pd"].to_list() == [one["pd"] for one in scored(endpoint, ROWS)]


def test_columns_of_other_types_that_the_model_does_not_read_are_passed_over(endpoint: Running) -> None:
    count = 3
    struct = pa.array([{"a": 1, "b": ["x"]}] * count)
    extra = {
        "list": pa.array([[1], None, [2, 3]]),
        "struct": struct,
        "map": pa.array([[("a", 1)]] * count, pa.map_(pa.string(), pa.int64())),
        "fixed": pa.array([[1, 2]] * count, pa.list_(pa.int8(), 2)),
        "binary": pa.array([b"a", None, b"c"]),
        "view": pa.array([b"a" * 40, None, b"c"], pa.binary_view()),
        "time": pa.array([1] * count, pa.time32("s")),
        "stamp": pa.array([1] * count, pa.timestamp("us", "UTC")),
        "duration": pa.array([1] * count, pa.duration("s")),
        "nothing": pa.nulls(count),
        "dense": pa.UnionArray.from_dense(
            pa.array([0, 1, 0], pa.int8()), pa.array([0, 0, 1], pa.int32()), [pa.array([1, 2]), pa.array(["a"])]
        ),
        "sparse": pa.UnionArray.from_sparse(pa.array([0, 1, 0], pa.int8()), [pa.array([1, 2, 3]), pa.array(["a"] * 3)]),
        "runs": pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array(["x", "y"])),
        "coded": pa.array(["u", "v", None]).dictionary_encode(),
        "list_view": pa.array([[1], None, [2]], pa.list_view(pa.int64())),
    }
    table = pa.table(extra | {"amount": [5.0, None, 80.0]})
    assert answered(endpoint, table) == scored(endpoint, [{"amount": 5}, {}, {"amount": 80}])


def test_a_file_and_slices_and_growing_dictionaries_are_read(endpoint: Running) -> None:
    sink = BytesIO()
    parts = [pa.RecordBatch.from_pylist(ROWS[:2]), pa.RecordBatch.from_pylist(ROWS).slice(1, 2)]
    with pa.ipc.new_file(sink, parts[0].schema) as writer:
        for part in parts:
            writer.write_batch(part)
    answer = endpoint.post("/score", sink.getvalue(), content_type="application/vnd.apache.arrow.file")
    found = pa.ipc.open_stream(answer.body).read_all().column("pd").to_pylist()
    assert found == [one["pd"] for one in scored(endpoint, [*ROWS[:2], *ROWS[1:3]])]
    sink = BytesIO()
    kind = pa.schema([("purpose", pa.dictionary(pa.int32(), pa.string()))])
    with pa.ipc.new_stream(sink, kind, options=pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)) as stream:
        for levels in (["car"], ["car", "1"]):
            places = pa.array([0, len(levels) - 1], pa.int32())
            stream.write_batch(pa.record_batch([pa.DictionaryArray.from_arrays(places, levels)], schema=kind))
    answer = send(endpoint, sink.getvalue())
    found = pa.ipc.open_stream(answer.body).read_all().column("pd").to_pylist()
    assert found == [one["pd"] for one in scored(endpoint, [{"purpose": p} for p in ("car", "car", "car", "1")])]


def test_a_canary_answers_for_its_applications(canaried: Running) -> None:
    rows = [{"amount": 5.0, "purpose": "car", "loan": f"loan {number}"} for number in range(300)]
    found = answered(canaried, pa.Table.from_pylist(rows))
    assert len({row["version"] for row in found}) == 2
    assert found == scored(canaried, rows)


def test_no_rows_get_no_answers(endpoint: Running) -> None:
    for table in (pa.table({"amount": pa.array([], pa.float64())}), pa.Table.from_pylist(ROWS).slice(0, 0)):
        assert answered(endpoint, table) == []


@pytest.mark.parametrize(
    ("table", "status", "told"),
    [
        (pa.table({"amount": ["5", "six"]}), 422, "batch 1, row 2, `amount`"),
        (pa.table({"purpose": pa.array([1], pa.timestamp("us"))}), 422, "batch 1, column `purpose`"),
        (pa.table({"amount": pa.array([[1.0]])}), 422, "it holds list values"),
        (pa.table({"colour": ["red"]}), 422, "no column is an input of the model"),
        (pa.table({"amount": [1.0] * 10_001}), 413, "more than 10000 rows"),
        (pa.table([[1], [2]], names=["amount", "amount"]), 400, "two columns named `amount`"),
    ],
)
def test_a_stream_that_cannot_be_answered_is_told_why(
    endpoint: Running, table: pa.Table, status: int, told: str
) -> None:
    answer = send(endpoint, stream_of(table))
    assert answer.status == status, answer.body
    assert told in answer.body.decode()


def test_compressed_and_cut_streams_are_refused(endpoint: Running) -> None:
    table = pa.Table.from_pylist(ROWS * 100)
    compressed = send(endpoint, stream_of(table, compression="zstd"))
    assert compressed.status == 415
    assert "compressed" in compressed.json["detail"]
    whole = stream_of(table)
    for cut in (whole[:-200], whole[:100], whole[:7], b"", b"not a stream"):
        answer = send(endpoint, cut)
        assert answer.status == 400, answer.body
