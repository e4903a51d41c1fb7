"""Reads dates the way they were declared, or says which text is none."""

from datetime import date

import polars as pl

from kingmaker.domain.snapshot import Finding, Severity

ISO = "%Y-%m-%d"
_DATE_TEXT_SHARE = 0.95


def as_dates(column: pl.Series, date_format: str | None) -> pl.Series:
    """Dates of a date, timestamp or text column; null for a missing or unreadable value. A time of day is cut off."""
    if column.dtype == pl.Date:
        return column
    if column.dtype == pl.Datetime:
        return column.dt.date()
    if column.dtype != pl.String:
        return pl.Series(column.name, [None] * len(column), dtype=pl.Date)
    text = column.str.strip_chars()
    if date_format is not None:
        return text.str.to_date(date_format, strict=False)
    return text.str.slice(0, 10).str.to_date(ISO, strict=False)


def may_hold_dates(dtype: pl.DataType) -> bool:
    """Whether a column of this type can be one of dates."""
    return isinstance(dtype, pl.Date | pl.Datetime | pl.String)


def holds_dates(column: pl.Series, date_format: str | None) -> bool:
    """Whether it is a column of dates, if need be as text."""
    if isinstance(column.dtype, pl.Date | pl.Datetime):
        return True
    if column.dtype != pl.String:
        return False
    filled = column.drop_nulls()
    sample = filled.head(10_000)
    return len(sample) > 0 and as_dates(sample, date_format).count() >= _DATE_TEXT_SHARE * len(sample)


def check_dates(column: pl.Series, date_format: str | None) -> list[Finding]:
    """A refusal when a column that must hold dates holds something else, with an example and what to declare."""
    read = as_dates(column, date_format)
    wrong = column.filter(column.is_not_null() & read.is_null())
    if column.dtype == pl.String:
        wrong = wrong.filter(wrong.str.strip_chars() != "")
    if wrong.is_empty():
        return []
    sentence = f"`{column.name}` must hold dates, but {len(wrong):,} of its values are none, for instance {wrong[0]!r}"
    return [
        Finding(
            check="date_format",
            severity=Severity.REFUSAL,
            column=column.name,
            value=float(len(wrong)),
            limit=0.0,
            sentence=sentence,
            remedy=_date_remedy(column, date_format),
        )
    ]


def _date_remedy(column: pl.Series, date_format: str | None) -> str:
    if column.dtype != pl.String:
        return "Turn the numbers into dates in a task, for instance with `strptime`."
    guess = guess_format(column)
    if guess is not None and guess != date_format:
        return f"Its values look like `{guess}`: say so in `source.date_format`."
    return (
        f"They were read as `{date_format or ISO}`: say another format in `source.date_format`, or correct the values."
    )


def guess_format(column: pl.Series) -> str | None:
    """The first of the usual formats that reads every value of a text column, or None."""
    filled = column.drop_nulls().str.strip_chars()
    filled = filled.filter(filled != "").head(10_000)
    formats = (
        ISO,
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%Y/%m/%d",
        "%d.%m.%Y",
        "%d-%m-%Y",
        "%Y%m%d",
        "%d-%b-%y",
        "%d-%b-%Y",
        "%b-%Y",
    )
    for one in formats:
        if len(filled) and filled.str.to_date(one, strict=False).null_count() == 0:
            return one
    return None


def as_text(day: date | None) -> str:
    return day.isoformat() if day else "no date"
