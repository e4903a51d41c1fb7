"""Personal data that nobody declared: what is found, what only looks like it, and that no value is told."""

from collections.abc import Sequence
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.pipeline.privacy import Pii
from kingmaker.privacy.free_text import LIMIT, MOST_VALUES, scan
from kingmaker.privacy.patterns import PersonalData, is_identity_card, is_payment_card, personal_data_of

LAW = settings(deadline=None, max_examples=60)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("13812345678", PersonalData.PHONE),
        ("please call 138 1234 5678 after six", PersonalData.PHONE),
        ("电话:139-8765-4321。", PersonalData.PHONE),
        ("1381 234 5678", PersonalData.PHONE),
        ("+86 138 1234 5678", PersonalData.PHONE),
        ("008613812345678", PersonalData.PHONE),
        ("+44 20 7946 0958", PersonalData.PHONE),
        ("+1 (202) 555-0143", PersonalData.PHONE),
        ("１３８１２３４５６７８", PersonalData.PHONE),
        ("11010519491231002X", PersonalData.IDENTITY_CARD),
        ("身份证11010519491231002x,本人", PersonalData.IDENTITY_CARD),
        ("4111 1111 1111 1111", PersonalData.PAYMENT_CARD),
        ("card 5500-0000-0000-0004", PersonalData.PAYMENT_CARD),
        ("378282246310005", PersonalData.PAYMENT_CARD),
        ("6222021234567890128", PersonalData.PAYMENT_CARD),
        ("write to li.wei+loans@example.com.cn please", PersonalData.MAIL),
        ("李伟@例子.中国", PersonalData.MAIL),
    ],
)
def test_personal_data_is_known_by_its_form(text: str, kind: PersonalData) -> None:
    assert personal_data_of(text) is kind


@pytest.mark.parametrize(
    "text",
    [
        "12812345678",
        "138123456789",
        "1381234567",
        "L13812345678",
        "0.13812345678",
        "13812345678.25",
        "2026-01-13 14:05:06.123456",
        "150 20 30 40 50",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "+123",
        "+++",
        "110105194912310021",
        "110105194902310020",
        "110105184912310029",
        "4111 1111 1111 1112",
        "9999 9999 9999 9995",
        "411111111111",
        "@home",
        "a@b",
        "growth of 5% @ 3 months",
        "",
    ],
)
def test_what_only_looks_like_it_is_let_be(text: str) -> None:
    assert personal_data_of(text) is None


@given(st.integers(0, 999_999), st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 999))
@LAW
def test_of_the_eleven_check_characters_of_an_identity_card_one_is_right(region: int, born: date, order: int) -> None:
    body = f"{region:06}{born:%Y%m%d}{order:03}"
    assert sum(is_identity_card(body + letter) for letter in "0123456789X") == 1


@given(st.from_regex(r"4[0-9]{14}", fullmatch=True))
@LAW
def test_of_the_ten_check_digits_of_a_payment_card_one_is_right(body: str) -> None:
    assert sum(is_payment_card(body + digit) for digit in "0123456789") == 1


def notes(hits: int, rows: int, hit: str = "call 13812345678") -> pl.DataFrame:
    return pl.DataFrame({"note": [hit] * hits + [f"paid in full, file {number}" for number in range(rows - hits)]})


def test_a_column_is_told_with_its_counts_and_never_with_a_value() -> None:
    frame = pl.concat([notes(312, 9_995), pl.DataFrame({"note": ["a@b.cn"] * 5})])
    (finding,) = scan(frame, Pii())
    assert finding.told() == (
        "Personal data in `note`: 312 of 10,000 values hold a phone number and 5 a mail address. "
        "Declare it under `pii.drop`, or under `pii.pseudonymise` "
        "if it names the customer; if it is none, clear `note` in `pii.allow`."
    )
    assert (finding.column, finding.value, finding.limit) == ("note", 0.0317, LIMIT)


def test_a_few_hits_in_a_thousand_are_chance() -> None:
    assert scan(notes(10, 10_000), Pii()) == []
    assert len(scan(notes(11, 10_000), Pii())) == 1


@pytest.mark.parametrize("pii", [Pii(allow=("note",)), Pii(pseudonymise=("note",))])
def test_a_cleared_or_masked_column_is_not_told(pii: Pii) -> None:
    assert scan(notes(500, 1_000), pii) == []


def test_of_a_long_column_a_part_is_looked_at_from_all_over_it() -> None:
    late = notes(1_000, 200_000).reverse()
    (finding,) = scan(late, Pii())
    assert f"of {MOST_VALUES:,} values" in finding.sentence
    assert finding.value == pytest.approx(0.005)


@pytest.mark.parametrize("kind", [pl.Int64, pl.UInt64, pl.Float64, pl.Categorical])
def test_phone_numbers_are_found_in_whatever_type_they_come(kind: type[pl.DataType]) -> None:
    phones = pl.Series("phone", [str(13_800_000_000 + number) for number in range(100)])
    column = phones.cast(pl.Int64).cast(kind) if kind is not pl.Categorical else phones.cast(kind)
    assert [finding.column for finding in scan(pl.DataFrame([column]), Pii())] == ["phone"]


def columns(**values: Sequence[object]) -> pl.DataFrame:
    return pl.DataFrame(values, strict=False)


def test_other_columns_are_let_be() -> None:
    frame = columns(
        loan=[f"{number:011}" for number in range(12_000_000_000, 12_000_000_100)],
        account=[10_000_000_000 + number * 900_000_000 for number in range(100)],
        amount=[number * 1e9 + 0.5 for number in range(100)],
        nothing=[None] * 100,
        flag=[True, False] * 50,
        code=["A", "B"] * 50,
    )
    assert [finding.column for finding in scan(frame, Pii())] == []
