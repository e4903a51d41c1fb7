"""One spelling of a value for all the types it comes in, so that a customer has one pseudonym in a CSV file and a database."""

import re
from datetime import date, datetime, time
from decimal import Decimal

_WHOLE = re.compile(r"[+-]?[0-9]+\.0+")
_MIDNIGHT = time()


def is_missing(value: object) -> bool:
    """Null, NaN and blank text."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value != value  # noqa: PLR0124  NaN alone, float or decimal, differs from itself


def canonical(value: object) -> str:  # noqa: PLR0911  one line a type
    """Text without blanks around it; a whole number without a decimal point, in whatever type or text it comes.

    Leading zeros of a text stay: `007` and `7` may be two accounts.
    """
    if isinstance(value, str):
        text = value.strip()
        return text.partition(".")[0] if text.endswith("0") and _WHOLE.fullmatch(text) else text
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, Decimal):
        return str(int(value)) if value == value.to_integral_value() else f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == _MIDNIGHT and value.tzinfo is None else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return canonical(value.decode("utf-8", "surrogateescape"))
    return str(value)
