"""Thousands of requests that are almost right: each gets an answer or a reason, and the endpoint goes on as before."""

from collections.abc import Iterator
from http.client import HTTPConnection
from io import BytesIO

import msgspec
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.endpoint.hosting import Running

INFER = "/v2/models/instalment/infer"
GOOD = {
    "id": "x",
    "inputs": [
        {"name": "amount", "shape": [2], "datatype": "FP64", "data": [5, None]},
        {"name": "purpose", "shape": [2, 1], "datatype": "BYTES", "data": [["car"], ["1"]]},
    ],
    "outputs": [{"name": "pd"}],
    "parameters": {"binary_data_output": True},
}
BINARY = (
    b'{"inputs":[{"name":"amount","shape":[2],"datatype":"FP64","parameters":{"binary_data_size":16}},%b]}'
    % b'{"name":"purpose","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":12}}',
    bytes(16) + b"\3\0\0\0car\1\0\0\x001",
)
CSV = b'amount,term,purpose\r\n5,12,car\r\n,"24","1"\r\n1e9,NA,"never, ""seen"\r\n'

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(
        [-1, 0, 2**31, 2**63, 2**64, 10**20, 1e308, "", "FP64", "BYTES", "INT8", "amount", "pd", "\ud7ff", {}, []]
    ),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.lists(st.integers(-3, 3) | st.text(max_size=2) | st.none(), max_size=3),
    st.dictionaries(
        st.sampled_from(["name", "data", "shape", "binary_data_size", "x"]), st.integers(-1, 40), max_size=2
    ),
)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """The good request with up to three values, anywhere in it, replaced or taken away."""
    request = msgspec.json.decode(msgspec.json.encode(GOOD))
    for _ in range(draw(st.integers(1, 3))):
        place = request
        while True:
            name = draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
            if isinstance(place[name], (dict, list)) and place[name] and draw(st.integers(0, 4)):
                place = place[name]
                continue
            if draw(st.integers(0, 3)) or len(place) == 1:
                place[name] = draw(ODD)
            else:
                del place[name]
            break
        if not request:
            break
    return msgspec.json.encode(request)


def damaged(whole: bytes) -> st.SearchStrategy[bytes]:
    """Some bytes replaced, cut off, put in or repeated."""
    place = st.integers(0, len(whole) - 1)
    piece = st.one_of(
        st.binary(max_size=9), st.sampled_from([b'"', b"\0", b"\xff" * 4, b",,", b"\n", b"[" * 2000, b"9" * 400])
    )

    def change(edits: list[tuple[int, int, bytes]]) -> bytes:
        data = whole
        for start, length, new in edits:
            data = data[:start] + new + data[start + length :]
        return data

    return st.lists(st.tuples(place, st.integers(0, 12), piece), min_size=1, max_size=4).map(change)


@pytest.fixture(scope="module")
def connection(endpoint: Running) -> Iterator[HTTPConnection]:
    one = HTTPConnection(endpoint.address, timeout=20)
    yield one
    one.close()


def post(connection: HTTPConnection, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def check_v2(connection: HTTPConnection, body: bytes, headers: dict[str, str]) -> None:
    status, told = post(connection, INFER, body, headers)
    assert status < 500, told
    if status != 200:
        assert msgspec.json.decode(told)["error"]


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(body=requests())
def test_a_v2_request_of_odd_values_is_answered_or_refused(connection: HTTPConnection, body: bytes) -> None:
    check_v2(connection, body, {})


@pytest.mark.slow
@settings(max_examples=250, deadline=None)
@given(body=damaged(msgspec.json.encode(GOOD)))
def test_a_v2_request_of_damaged_json_is_answered_or_refused(connection: HTTPConnection, body: bytes) -> None:
    check_v2(connection, body, {})


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(body=damaged(b"".join(BINARY)), shift=st.sampled_from([0, 0, 0, -1, 1, 20]))
def test_a_v2_request_of_damaged_binary_is_answered_or_refused(
    connection: HTTPConnection, body: bytes, shift: int
) -> None:
    check_v2(connection, body, {"Inference-Header-Content-Length": str(len(BINARY[0]) + shift)})


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(body=damaged(CSV), header=st.sampled_from(["", "; header=absent", "; header=present"]))
def test_damaged_csv_is_answered_or_refused(connection: HTTPConnection, body: bytes, header: str) -> None:
    status, told = post(connection, "/invocations", body, {"Content-Type": f"text/csv{header}"})
    assert status < 500, told


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(
    form=st.sampled_from(["instances", "inputs", "dataframe_split", "dataframe_records"]), value=ODD, rows=st.lists(ODD)
)
def test_odd_forms_of_mlflow_are_answered_or_refused(
    connection: HTTPConnection, form: str, value: object, rows: list[object]
) -> None:
    for told in (value, rows, {"columns": rows, "data": value}, {"data": rows}, {"amount": rows, "term": value}):
        status, answer = post(connection, "/invocations", msgspec.json.encode({form: told}), {})
        assert status < 500, answer


def streams() -> list[bytes]:
    rows = [{"amount": 5.0, "term": 12, "purpose": "car", "loan": "a"}, {"amount": None, "term": 24, "purpose": "1"}]
    table = pa.Table.from_pylist(rows).append_column("more", pa.array([[{"x": 1}], None]))
    written = []
    for one in (table, table.set_column(2, "purpose", table.column("purpose").dictionary_encode())):
        sink = BytesIO()
        with pa.ipc.new_stream(sink, one.schema) as writer:
            writer.write_table(one)
        written.append(sink.getvalue())
    sink = BytesIO()
    pl.DataFrame(rows).write_ipc_stream(sink)
    return [*written, sink.getvalue()]


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(data=st.data(), whole=st.sampled_from(streams()))
def test_a_damaged_arrow_stream_is_answered_or_refused(
    connection: HTTPConnection, data: st.DataObject, whole: bytes
) -> None:
    numbers = [0, -1, 1, 7, 2**31 - 1, -(2**31), 2**62, 2**63 - 1, -(2**63)]
    body = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        width = data.draw(st.sampled_from([1, 4, 8]))
        place = data.draw(st.integers(0, len(body) // width - 1)) * width
        number = data.draw(st.integers(0, 255) if width == 1 else st.sampled_from(numbers))
        body[place : place + width] = (number % 256**width).to_bytes(width, "little")
    end = data.draw(st.sampled_from([len(body)] * 5 + [len(body) // 2, len(body) - 9]))
    headers = {"Content-Type": "application/vnd.apache.arrow.stream"}
    status, told = post(connection, "/score", bytes(body[:end]), headers)
    assert status < 500, told


def test_after_all_that_the_answers_are_what_they_were(connection: HTTPConnection, endpoint: Running) -> None:
    status, _ = post(connection, INFER, msgspec.json.encode(GOOD), {})
    assert status == 200
    assert endpoint.post("/invocations", CSV, content_type="text/csv").status == 200
