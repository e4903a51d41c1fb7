"""Scales and axes: from values to places on the page, with round ticks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor, isfinite, log10

from kingmaker.interfaces.report.wording import MINUS

Label = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Tick:
    value: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One direction of a chart, from `low` to `high` in the data's unit; `title` names the quantity and its unit."""

    title: str
    low: float
    high: float
    ticks: tuple[Tick, ...]

    def place(self, value: float, start: float, end: float) -> float:
        """Where a value stands between the pixels `start` (low) and `end` (high)."""
        return start + (value - self.low) / (self.high - self.low) * (end - start)


def number_axis(
    title: str, values: Sequence[float | None], *, label: Label | None = None, zero: bool = False, most: int = 6
) -> Axis:
    """An axis with round ends around the values. `zero` begins it at nought. No value at all gives 0 to 1.

    Without a `label`, ticks have as many decimals as their distance needs and no nought before the point.
    """
    known = [value for value in values if value is not None and isfinite(value)] or [0.0, 1.0]
    low, high = (0.0 if zero else min(known)), max(known)
    if high - low < 1e-9:
        low, high = (0.0 if zero else low - 0.5), (high or 1.0) if zero else high + 0.5
    step = round_step((high - low) / (most - 1))
    write = label or _decimals(step)
    first, last = floor(low / step + 1e-9), -floor(-high / step + 1e-9)
    ticks = tuple(Tick(index * step, write(index * step)) for index in range(first, last + 1))
    return Axis(title=title, low=first * step, high=last * step, ticks=ticks)


def name_axis(title: str, names: Sequence[str]) -> Axis:
    """An axis of names: name i stands at i, half a step from the ends."""
    ticks = tuple(Tick(float(index), name) for index, name in enumerate(names))
    return Axis(title=title, low=-0.5, high=len(names) - 0.5, ticks=ticks)


def time_axis(title: str, first: date, last: date, *, most: int = 7) -> Axis:
    """An axis of dates as ordinals: ticks at months, quarters or years, about `most`: few enough to stay readable."""
    months = max(1, (last.year - first.year) * 12 + last.month - first.month)
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60, 120) if months / step <= most), 240)
    start = first.year * 12 + first.month - 1
    starts = [index for index in range(start, last.year * 12 + last.month) if index % step == 0]
    places = [date(index // 12, index % 12 + 1, 1) for index in starts]
    ticks = tuple(
        Tick(float(place.toordinal()), place.strftime("%Y" if step >= 12 else "%b %Y"))
        for place in places
        if first <= place <= last
    )
    low, high = float(first.toordinal()), float(last.toordinal())
    return Axis(title=title, low=low, high=high if high > low else low + 1, ticks=ticks)


def _decimals(step: float) -> Label:
    digits = max(0, -floor(log10(step) + 1e-9))
    digits += digits > 0 and round(step * 10**digits, 6) % 1 > 0
    return lambda value: f"{value:.{digits}f}".replace("0.", ".", 1 if abs(value) < 1 and digits else 0).replace(
        "-", MINUS
    )


def round_step(rough: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is at least `rough`."""
    power = 10.0 ** floor(log10(rough))
    return next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9))
