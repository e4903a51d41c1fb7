"""The dates of a replay: from one day to another, every so many weeks, months, quarters or years."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from kingmaker.domain.errors import KingmakerError

_EVERY = re.compile(r"^\s*(\d{0,3})\s*(week|month|quarter|year)s?\s*$")
_MONTH = re.compile(r"^\d{4}-\d{2}$")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
MOST_DATES = 1000


class DatesMistaken(KingmakerError):
    """The dates of a replay cannot be made of what was asked for."""

    code = "dates_mistaken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """The distance of two dates."""

    count: int
    unit: str

    def __str__(self) -> str:
        return self.unit if self.count == 1 else f"{self.count} {self.unit}s"

    def after(self, first: date, times: int) -> date:
        """The date so many steps after the first. Months count from the first: a last day stays the month's last day."""
        if self.unit == "week":
            return first + timedelta(weeks=self.count * times)
        months = first.year * 12 + first.month - 1 + MONTHS[self.unit] * self.count * times
        year, month = divmod(months, 12)
        longest = _last_day(year, month + 1)
        is_last = first.day == _last_day(first.year, first.month)
        return date(year, month + 1, longest if is_last else min(first.day, longest))


def every_of(text: str, option: str = "--every") -> Every:
    """`month`, `quarter`, `2 weeks`, … Raises DatesMistaken naming the option."""
    found = _EVERY.match(text)
    number = int(found[1] or 1) if found else 0
    if not found or number == 0:
        raise DatesMistaken(
            f"{option} {text!r} is no distance of dates", remedy="Write for instance month, quarter or 2 weeks."
        )
    return Every(count=number, unit=found[2])


def day_of(text: str, option: str) -> date:
    """YYYY-MM-DD, or YYYY-MM for the last day of the month. Raises DatesMistaken naming the option."""
    try:
        if _MONTH.match(text):
            year, month = int(text[:4]), int(text[5:])
            return date(year, month, _last_day(year, month))
        return date.fromisoformat(text)
    except ValueError:
        raise DatesMistaken(
            f"{option} {text!r} is not a day",
            remedy="Write it as YYYY-MM, for the last day of the month, or YYYY-MM-DD.",
        ) from None


def dates_of(first: date, last: date, every: Every) -> tuple[date, ...]:
    """The dates from `first` on that are no later than `last`. Raises DatesMistaken for fewer than two or too many."""
    dates: list[date] = []
    for times in count():
        day = every.after(first, times)
        if day > last or len(dates) > MOST_DATES:
            break
        dates.append(day)
    if len(dates) < 2:
        raise DatesMistaken(
            f"there is no second date between {first.isoformat()} and {last.isoformat()} with one every {every}",
            remedy="Name a later last day or a shorter distance.",
        )
    if len(dates) > MOST_DATES:
        raise DatesMistaken(f"these are more than {MOST_DATES:,} dates", remedy="Name a longer distance.")
    return tuple(dates)


def _last_day(year: int, month: int) -> int:
    if not 1 <= month <= 12:
        message = f"{month} is no month"
        raise ValueError(message)
    return calendar.monthrange(year, month)[1]
