"""What personal data looks like in a text: phone numbers, Chinese identity cards, payment cards, mail addresses."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Final


class PersonalData(StrEnum):
    """What a text may hold, as a sentence calls it."""

    IDENTITY_CARD = "an identity-card number"
    PAYMENT_CARD = "a payment-card number"
    PHONE = "a phone number"
    MAIL = "a mail address"


MAY_HOLD_SOME: Final = r"[@＠+＋]|(?:\d[ .-]?){11}"  # noqa: RUF001  full-width signs are written in Chinese texts
"""For a quick first look (Rust's syntax): no text without it holds any of them."""

_IDENTITY_CARD = re.compile(r"(?<![0-9A-Za-z.])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECK_LETTERS = "10X98765432"

_PAYMENT_CARD = re.compile(r"(?<![0-9A-Za-z.+-])[2-9][0-9]{3}(?:[ -]?[0-9]){9,15}(?![0-9A-Za-z])")
_LENGTHS_OF_CARDS: Final = (
    (re.compile(r"4"), (13, 16, 19)),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), (16,)),
    (re.compile(r"3[47]"), (15,)),
    (re.compile(r"62"), (16, 17, 18, 19)),
    (re.compile(r"6011|64[4-9]|65"), (16, 19)),
    (re.compile(r"352[89]|35[3-8]"), (16, 19)),
    (re.compile(r"30[0-5]|3[689]"), (14, 16, 19)),
    (re.compile(r"220[0-4]"), (16, 19)),
)
"""By the first digits: Visa, Mastercard, American Express, UnionPay, Discover, JCB, Diners Club, Mir."""

_MOBILE = re.compile(
    r"(?<![0-9A-Za-z.])(?:(?:\+|00)?86[ -]?)?"
    r"1[3-9][0-9](?:[ .-]?[0-9]{4}[ .-]?[0-9]{4}|[ .-][0-9]{3}[ .-][0-9]{5}|[0-9][ .-][0-9]{3}[ .-][0-9]{4})"
    r"(?![0-9A-Za-z]|\.[0-9])"
)
_INTERNATIONAL = re.compile(r"(?<![0-9A-Za-z])\+[1-9](?:[ .()/-]{0,2}[0-9]){7,14}(?![0-9A-Za-z])")
_MAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}")


def personal_data_of(text: str) -> PersonalData | None:
    """The first of its kinds that the text holds, the surest first; full-width digits count as digits."""
    plain = unicodedata.normalize("NFKC", text)
    return next((kind for kind, holds in _TESTS if holds(plain)), None)


def _holds_identity_card(text: str) -> bool:
    return any(is_identity_card(found[0]) for found in _IDENTITY_CARD.finditer(text))


def _holds_payment_card(text: str) -> bool:
    return any(is_payment_card(re.sub("[ -]", "", found[0])) for found in _PAYMENT_CARD.finditer(text))


def _holds_phone(text: str) -> bool:
    return bool(_MOBILE.search(text) or _INTERNATIONAL.search(text))


def _holds_mail(text: str) -> bool:
    return "@" in text and _MAIL.search(text) is not None


_TESTS: Final[tuple[tuple[PersonalData, Callable[[str], bool]], ...]] = (
    (PersonalData.IDENTITY_CARD, _holds_identity_card),
    (PersonalData.PAYMENT_CARD, _holds_payment_card),
    (PersonalData.PHONE, _holds_phone),
    (PersonalData.MAIL, _holds_mail),
)


def is_identity_card(number: str) -> bool:
    """18 digits after GB 11643-1999: a real date of birth, and the check character of ISO 7064 MOD 11-2 (X is ten)."""
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    weighted = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return 1900 <= born.year < 2100 and _CHECK_LETTERS[weighted % 11] == number[17].upper()


def is_payment_card(number: str) -> bool:
    """Digits with a known beginning, the length that goes with it, and the check digit of ISO/IEC 7812-1 (Luhn)."""
    if not any(len(number) in lengths and beginning.match(number) for beginning, lengths in _LENGTHS_OF_CARDS):
        return False
    doubled = (2 * int(digit) for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(two - 9 if two > 9 else two for two in doubled)) % 10 == 0
