"""Pseudonyms: the same for the same value, whatever its type, chunk, run or home; and nothing without the key."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from time import process_time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.privacy import Pii
from kingmaker.privacy.masking import PSEUDONYM_DIGITS, Mask

KEY = bytes(range(32))
WHOLE = st.integers(-(2**53), 2**53)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LAW = settings(deadline=None, max_examples=60)


def mask(*, drop: Sequence[str] = (), pseudonymise: Sequence[str] = ("customer",), key: bytes = KEY) -> Mask:
    return Mask(Pii(drop=tuple(drop), pseudonymise=tuple(pseudonymise)), lambda: key)


def masked(values: Sequence[object], kind: pa.DataType | None = None, key: bytes = KEY) -> list[str | None]:
    batch = pa.record_batch({"customer": pa.array(values, kind)})
    found: list[str | None] = mask(key=key).apply(batch).column("customer").to_pylist()
    return found


@given(WHOLE)
@LAW
def test_a_whole_number_has_one_pseudonym_in_every_type(value: int) -> None:
    spellings = (
        (value, pa.int64()),
        (float(value), pa.float64()),
        (Decimal(value), pa.decimal128(38, 0)),
        (Decimal(value).quantize(Decimal("0.01")), pa.decimal128(38, 2)),
        (str(value), pa.string()),
        (f" {value} ", pa.large_string()),
        (f"{value}.0", pa.string()),
        (str(value), pa.dictionary(pa.int8(), pa.string())),
        (str(value).encode(), pa.binary()),
    )
    assert len({masked([spelling], kind)[0] for spelling, kind in spellings}) == 1


def test_a_day_has_one_pseudonym_as_date_as_midnight_and_as_text() -> None:
    day = date(1990, 3, 7)
    assert masked([day]) == masked([datetime(1990, 3, 7)]) == masked(["1990-03-07"])
    assert masked([day]) != masked([datetime(1990, 3, 7, 8, tzinfo=UTC)])


def test_leading_zeros_tell_accounts_apart() -> None:
    assert masked(["007"]) != masked(["7"])
    assert masked(["007"]) == masked(["007.0"])


@given(st.lists(st.one_of(st.none(), TEXT), max_size=30), st.lists(st.integers(0, 30), max_size=4))
@LAW
def test_however_the_rows_are_cut_into_batches_the_pseudonyms_are_the_same(
    values: list[str | None], cuts: list[int]
) -> None:
    whole = pa.record_batch({"customer": pa.array(values, pa.string()), "note": pa.array(values, pa.string())})
    bounds = sorted({0, len(values), *(min(cut, len(values)) for cut in cuts)})
    hiding = mask(drop=["note"])
    pieces = [hiding.apply(whole.slice(start, end - start)) for start, end in pairwise(bounds)]
    together = [value for piece in pieces for value in piece.column("customer").to_pylist()]
    assert together == hiding.apply(whole).column("customer").to_pylist()
    assert {piece.schema for piece in pieces} <= {pa.schema([("customer", pa.string())])}


@given(st.lists(TEXT, min_size=2, max_size=30, unique_by=lambda text: text.strip()))
@LAW
def test_different_values_have_different_pseudonyms_and_none_is_the_value(values: list[str]) -> None:
    filled = [text for text in values if text.strip() and not text.strip().endswith(".0")]
    told = masked(filled, pa.string())
    assert len(set(told)) == len(filled)
    assert all(one is not None and len(one) == PSEUDONYM_DIGITS and int(one, 16) >= 0 for one in told)


@given(TEXT.filter(lambda text: bool(text.strip())), st.binary(min_size=16, max_size=40))
@LAW
def test_another_key_gives_other_pseudonyms(value: str, key: bytes) -> None:
    assert (masked([value]) == masked([value], key=key)) == (key == KEY)


@pytest.mark.parametrize(
    ("values", "kind"),
    [([None, float("nan"), 1.0], pa.float64()), ([None, "", "  ", "x"], pa.string()), ([None, None], pa.null())],
)
def test_missing_stays_missing(values: list[object], kind: pa.DataType) -> None:
    told = masked(values, kind)
    assert [one is None for one in told] == [value not in {1.0, "x"} for value in values]


def test_what_is_dropped_does_not_exist_and_the_rest_keeps_its_type_and_order() -> None:
    batch = pa.record_batch({"phone": ["1"], "customer": [7], "x": pa.array([1.5], pa.float32())})
    left = mask(drop=["phone"]).apply(batch)
    assert left.schema == pa.schema([("customer", pa.string()), ("x", pa.float32())])


def test_the_key_is_asked_for_only_where_something_is_pseudonymised() -> None:
    def nobody_asks() -> bytes:
        raise AssertionError("asked")

    dropping = Mask(Pii(drop=("phone",)), nobody_asks)
    dropping.prepare()
    assert dropping.fingerprint() == ""
    assert dropping.apply(pa.record_batch({"phone": ["1"], "x": [1]})).schema.names == ["x"]


def test_the_fingerprint_tells_keys_apart_and_is_no_key() -> None:
    assert mask().fingerprint() != mask(key=b"another key of thirty-two bytes!").fingerprint()
    assert KEY.hex() not in mask().fingerprint()


def test_neither_the_key_nor_its_bytes_are_in_what_is_printed() -> None:
    hiding = mask()
    hiding.pseudonym("x")
    assert KEY.hex() not in repr(hiding)
    assert repr(KEY) not in repr(hiding)


def test_a_column_that_is_not_there_is_refused_with_the_nearest_name_and_no_other() -> None:
    with pytest.raises(SourceError) as refused:
        mask(drop=["Phones"], pseudonymise=["custmer"]).check(["phone", "customer", "138"], "loans.csv")
    assert str(refused.value) == (
        "loans.csv: `pii.drop` names `Phones`, which is not a column of the source; "
        "`pii.pseudonymise` names `custmer`, which is not a column of the source. "
        "The nearest column to `Phones` is `phone`. The nearest column to `custmer` is `customer`."
    )


def test_a_million_customers_have_their_pseudonyms_in_seconds() -> None:
    batch = pa.record_batch({"customer": pa.array([f"C{number}" for number in range(200_000)])})
    began = process_time()
    mask().apply(batch)
    assert process_time() - began < 2.0, "five times as many should take less than ten seconds on a busy machine"
