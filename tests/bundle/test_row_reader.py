"""The compiled reader of JSON rows: what it reads is what the general reader reads, and what it is unsure of it leaves."""

import ctypes
import json
import math
from decimal import Decimal

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.bundle.contents import InputField, InputSchema
from kingmaker.bundle.native.library import library
from kingmaker.bundle.native.reader import RowReader
from kingmaker.domain.snapshot import ColumnKind
from kingmaker.serving.fields import Fields
from kingmaker.serving.refusals import RowsRefused

found = library()
pytestmark = pytest.mark.skipif(
    found is None or found.read is None, reason="the package was built without a C compiler"
)

NAMES = ("amount", "amount_2", "é, in €")
SCHEMA = InputSchema(
    fields=tuple(InputField(name=name, kind=ColumnKind.NUMBER, missing=0.1) for name in NAMES), id="loan"
)
FIELDS = Fields(SCHEMA)
PLAIN = b'{"amount":1.5,"amount_2":null,"\xc3\xa9, in \xe2\x82\xac":-3e2,"loan":"L-1"}'


def reader(most: int = 64) -> RowReader:
    assert found is not None
    return RowReader(found, NAMES, FIELDS.id_columns, most)


def bits(values: np.ndarray) -> list[int]:
    return values.ravel().view(np.uint64).tolist()


def assert_read_alike(body: bytes) -> bool:
    """Whether the reader reads a body at all; if it does, as the general reader does."""
    rows = reader().read([body])
    if rows.unread:
        return False
    general = FIELDS.read(body)
    num, _ = FIELDS.matrices([general])
    assert num is not None
    assert general.single
    assert np.array_equal(rows.values, num, equal_nan=True)
    assert [math.copysign(1, value) for value in rows.values.ravel() if value == 0] == [
        math.copysign(1, value) for value in num.ravel() if value == 0
    ]
    assert list(rows.ids or [None]) == list(general.ids)
    return True


def test_rows_are_read_by_name_in_any_order_and_absent_is_missing() -> None:
    rows = reader().read([PLAIN, b'{ "amount_2" : 7 , "id" : 12 }', b"{}", b' {"amount":0}\r\n\t '])
    assert rows.ids == ["L-1", 12, None, None]
    assert list(rows.unread) == []
    wanted = [[1.5, math.nan, -300], [math.nan, 7, math.nan], [math.nan] * 3, [0, math.nan, math.nan]]
    assert np.array_equal(rows.values, np.array(wanted), equal_nan=True)


def test_the_pipeline_s_own_id_counts_before_the_generic_one() -> None:
    assert reader().read([b'{"id":"generic","loan":"own"}']).ids == ["own"]
    assert reader().read([b'{"id":"generic","loan":null}']).ids == ["generic"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"[{}]", b"null", b"{", b'{"amount"', b'{"amount":', b'{"amount":1', b'{"amount":1,}', b'{"amount":1}}',
        b'{"amount":1}x', b'{"amount" 1}', b'{"amount":01}', b'{"amount":1.}', b'{"amount":.5}', b'{"amount":+1}',
        b'{"amount":-}',
        b'{"amount":1e}', b'{"amount":1e+}', b'{"amount":NaN}', b'{"amount":nul}', b'{"amount":nulll}', b'{"amount":"1"}',
        b'{"amount":true}', b'{"amount":[1]}', b'{"amount":1,"amount":2}', b'{"other":1}', b'{"am\\u006funt":1}',
        b'{"amount":-0}',
        b'{"amount":1e23}', b'{"amount":9007199254740993}', b'{"amount":0.00000000000000000000001}', b'{"amount":1e400}',
        b'{"loan":"\\n"}', b'{"loan":"\xc3\xa9"}', b'{"loan":1.5}', b'{"loan":01}', b'{"loan":true}',
        b'{"loan":1234567890123456789}',
        b'{"loan":"open}', b'{"amount":1}\x00', b"\xef\xbb\xbf{}", b'{"amount":1e99999999999999999999}',
    ],
)  # fmt: skip
def test_what_it_is_unsure_of_is_left_to_the_general_reader(body: bytes) -> None:
    rows = reader().read([PLAIN, body, PLAIN])
    assert 1 in rows.unread


@settings(deadline=None, max_examples=300)
@given(
    sign=st.sampled_from(["", "-"]),
    whole=st.integers(0, 10**17),
    behind=st.none() | st.text("0123456789", min_size=1, max_size=20),
    power=st.none() | st.integers(-30, 30),
    e=st.sampled_from(["e", "E", "e+"]),
)
def test_a_number_is_the_double_that_is_nearest_to_its_text(
    sign: str, whole: int, behind: str | None, power: int | None, e: str
) -> None:
    text = f"{sign}{whole}{'' if behind is None else '.' + behind}"
    text += "" if power is None else f"{e if power >= 0 else 'e'}{power}"
    rows = reader().read([b'{"amount":%b}' % text.encode()])
    if not rows.unread:
        assert bits(rows.values[:, :1]) == bits(np.array([float(text)]))
    digits = len(Decimal(text).as_tuple().digits)
    if digits <= 15 and -15 < int(Decimal(text).as_tuple().exponent) < 15 and float(text) and len(behind or "") < 8:
        assert not rows.unread


@settings(deadline=None, max_examples=300)
@given(
    row=st.dictionaries(
        st.sampled_from([*NAMES, "loan", "id", "other"]),
        st.none() | st.floats() | st.integers() | st.text() | st.booleans() | st.integers(-99, 99),
    ),
    blank=st.sampled_from(["", " ", "\n"]),
    ascii_only=st.booleans(),
)
def test_whatever_is_read_is_read_as_the_general_reader_reads_it(
    row: dict[str, object], blank: str, ascii_only: bool
) -> None:
    text = json.dumps(row, ensure_ascii=ascii_only, separators=(f",{blank}", f"{blank}:"))
    assert_read_alike(text.encode("utf-8", "surrogatepass"))


@settings(deadline=None, max_examples=500)
@given(
    body=st.binary(max_size=60) | st.text('{}":,.-+eE0123456789null amount_2loanid\\\t', max_size=60).map(str.encode)
)
def test_nonsense_is_left_alone(body: bytes) -> None:
    try:
        assert_read_alike(body)
    except RowsRefused:
        pytest.fail("the reader read what is to be refused")


@settings(deadline=None, max_examples=300)
@given(cut=st.integers(0, len(PLAIN)), place=st.integers(0, len(PLAIN) - 1), byte=st.integers(0, 255))
def test_a_body_that_is_cut_or_changed_is_read_as_the_general_reader_does_or_left(
    cut: int, place: int, byte: int
) -> None:
    for body in (PLAIN[:cut], PLAIN[:place] + bytes([byte]) + PLAIN[place + 1 :]):
        try:
            assert_read_alike(body)
        except RowsRefused:
            pytest.fail(f"the reader read {body!r}, which is to be refused")


def test_a_body_with_a_zero_in_it_sends_all_of_its_turn_the_general_way() -> None:
    assert list(reader().read([PLAIN, PLAIN[:9] + b"\0" + PLAIN[9:]]).unread) == [0, 1]


def test_more_bodies_than_there_is_room_for_are_refused() -> None:
    with pytest.raises(ValueError, match="room for 2 rows"):
        reader(2).read([PLAIN] * 3)
    assert len(reader(2).read([]).values) == 0


def test_arrays_that_were_given_out_are_never_given_out_again() -> None:
    here = reader()
    first = here.read([PLAIN]).values
    kept = first.copy()
    for _ in range(20_000):
        here.read([b'{"amount":7,"amount_2":7}'])
    assert np.array_equal(first, kept, equal_nan=True)
    assert ctypes.sizeof(ctypes.c_double) == first.itemsize
    assert msgspec.json.decode(PLAIN)["amount"] == first[0, 0]
