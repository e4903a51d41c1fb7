"""Guesses what an unknown file's columns are, by their names and values, for the first draft of a declaration."""

import re
from collections.abc import Sequence

import polars as pl

from kingmaker.cohort.dates import guess_format, holds_dates
from kingmaker.cohort.maturity import label_text

_ID = (
    r"^(loan|application|app|account|contract|agreement)_?(id|no|nr|number|key|ref|reference)?$",
    r"(^|_)(id|key|no|nr|number|ref|reference)$|id$",
    r"loan|appl(y|ication)|account|contract|agreement|case|record|index|row",
    r"",
)
"""What an id is called, the likeliest first; at last anything, since what names no row is seldom without repeats."""
_CUSTOMER = r"(customer|client|borrower|member|person|user|cust)_?(id|no|nr|number|key)?$"
_APPLIED = (
    r"appl(y|ied|ication)",
    r"approv",
    r"(issue|orig|grant|book)",
    r"(open|start|creat|contract)",
    r"disburs",
    r"date",
)
_OUTCOME = r"charg|chg_?off|writ(e|ten).?off|default|bad|delinq|overdue|npl|(^|_)dpd"
_LABEL = (
    r"^(is_?)?(default|bad)(ed|_?flag|_?ind)?$|default|(^|_)bad|charge?_?off|chg_?off",
    r"delinq|overdue|npl|dlq",
    r"^(target|label|y|class|outcome)$",
    r"good|credit(ability|worth)|status|performance|paid",
)
_GOOD_NAME = r"good|credit(ability|worth)|paid|performing"
_BAD_VALUE = r"^(bad|b|default(ed)?|charge[d ]*.?off|chgoff|delinquent|write.?off|npl|late|yes|y|true)$"
_GOOD_VALUE = r"^(good|g|paid.*|p i f|fully paid|current|performing|no|n|false|ok)$"
_AMOUNT = (r"^(loan|credit)_?(amount|amnt|amt)", r"amount|amnt|amt", r"app(ro)?v", r"principal|gross|limit")
_AFTERWARDS = (
    r"disburs|recover|chg_?off|charg|collect|writ(e|ten).?off|outstanding|balance_now|last_pay|settle|_pymnt|overdue"
)
_PROTECTED = r"(^|_)(sex|gender|race|ethnic\w*|religion|nationality|foreign\w*)($|_)"
_CODE = r"code|(^|_)zip|postcode|postal|naics|sic$|branch|region|(^|_)type$|urban|rural"


def guess_id(raw: pl.DataFrame, taken: Sequence[str | None]) -> str | None:
    """Of the whole numbers and texts without gaps or repeats, the one named most like an id; the first of equals.

    `taken` are columns that play another role. A customer, an amount or a moment is never an id.
    """
    return _best(_ID, [name for name in raw.columns if name not in taken and _may_be_id(raw[name])])


def _may_be_id(column: pl.Series) -> bool:
    if not (column.dtype.is_integer() or column.dtype == pl.String):
        return False
    if _says(_CUSTOMER, column.name) or _rank(_AMOUNT, column.name) < len(_AMOUNT):
        return False
    return column.null_count() == 0 and column.n_unique() == len(column)


def guess_customer(raw: pl.DataFrame, identity: str | None) -> str | None:
    return next((name for name in raw.columns if name != identity and _says(_CUSTOMER, name)), None)


def may_name(name: str) -> bool:
    """Whether the name says that the column names customers or applications."""
    return _says(_CUSTOMER, name) or _rank(_ID, name) == 0


def guess_date_format(raw: pl.DataFrame) -> str | None:
    """The format of the first column of dates as text, None where none is needed."""
    for name in raw.columns:
        if raw[name].dtype == pl.String and not holds_dates(raw[name], None):
            found = guess_format(raw[name])
            if found is not None:
                return found
    return None


def date_columns(raw: pl.DataFrame, date_format: str | None) -> list[str]:
    return [name for name in raw.columns if holds_dates(raw[name], date_format)]


def guess_applied_at(raw: pl.DataFrame, dates: Sequence[str]) -> str | None:
    """The date named most like an application among those filled on nearly all rows."""
    filled = [name for name in dates if raw[name].null_count() < 0.05 * raw.height and not _says(_OUTCOME, name)]
    return _best(_APPLIED, filled)


def guess_observed_at(raw: pl.DataFrame, dates: Sequence[str]) -> str | None:
    """A date that most loans lack and whose name speaks of default."""
    return next((name for name in dates if _says(_OUTCOME, name) and raw[name].null_count() > 0.3 * raw.height), None)


def label_columns(raw: pl.DataFrame) -> list[str]:
    """Two-valued columns that are named like an outcome, the likeliest first."""
    found = [name for name in raw.columns if _rank(_LABEL, name) < len(_LABEL) and _two_valued(raw[name])]
    return sorted(found, key=lambda name: _rank(_LABEL, name))


def _two_valued(column: pl.Series) -> bool:
    return not column.dtype.is_temporal() and column.drop_nulls().n_unique() == 2


def guess_bad(column: pl.Series) -> str:
    """The value of a label that means bad: by its word, by what a 1 means under that name, else the rarer one."""
    counts = label_text(column).drop_nulls().value_counts(sort=True)
    values: list[str] = counts[column.name].to_list()
    for value in values:
        if _says(_BAD_VALUE, value):
            return value
    rest = [value for value in values if not _says(_GOOD_VALUE, value)]
    if len(rest) == 1:
        return rest[0]
    if sorted(values) == ["0", "1"]:
        named_good, named_bad = _says(_GOOD_NAME, column.name), _rank(_LABEL[:2], column.name) < 2
        if named_good or named_bad:
            return "0" if named_good else "1"
    return values[-1]


def guess_amount(raw: pl.DataFrame, taken: Sequence[str | None]) -> str | None:
    numbers = [
        name
        for name in raw.columns
        if name not in taken
        and raw[name].dtype.is_numeric()
        and not _says(_AFTERWARDS, name)
        and raw[name].n_unique() > 20
    ]
    return _best(_AMOUNT, numbers)


def guess_codes(raw: pl.DataFrame, names: Sequence[str], most_levels: int) -> list[str]:
    """Whole numbers whose name says that they are codes, few enough to be a category."""
    return [
        name
        for name in names
        if raw[name].dtype.is_numeric() and _says(_CODE, name) and 2 < raw[name].n_unique() <= most_levels
    ]


def known_afterwards(names: Sequence[str]) -> list[str]:
    """Columns whose names speak of things that happen after the decision."""
    return [name for name in names if _says(_AFTERWARDS, name)]


def guess_protected(names: Sequence[str]) -> list[str]:
    """Columns whose names speak of attributes that most laws keep out of a credit decision."""
    return [name for name in names if _says(_PROTECTED, name)]


def _best(patterns: Sequence[str], names: Sequence[str]) -> str | None:
    ranked = sorted((name for name in names if _rank(patterns, name) < len(patterns)), key=lambda n: _rank(patterns, n))
    return ranked[0] if ranked else None


def _rank(patterns: Sequence[str], name: str) -> int:
    return next((number for number, pattern in enumerate(patterns) if _says(pattern, name)), len(patterns))


def _says(pattern: str, text: str) -> bool:
    """Names are compared as lower-case words: `ChgOffDate` is read as `chg_off_date`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()
    return re.search(pattern, words) is not None
