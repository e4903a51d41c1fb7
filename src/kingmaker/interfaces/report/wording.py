"""How numbers are written in the report: units, sensible digits, and one dash for whatever is absent."""

from collections.abc import Callable
from datetime import date
from math import isfinite

ABSENT = "\u2013"
MINUS = "\u2212"
SPACE = "\u202f"
"""Narrow and unbreakable: between a number and its unit."""


def area(value: float | None) -> str:
    """A measure in [0, 1] that is not a rate, such as AUC or KS: `.712`."""
    return _written(value, lambda known: _without_zero(f"{known:.3f}"))


def rate(value: float | None) -> str:
    """A share of something: `21.3 %`; two decimals below one per cent."""
    return _written(value, lambda known: f"{known * 100:.{2 if 0 < abs(known) < 0.00995 else 1}f}{SPACE}%")


def exact_rate(value: float | None) -> str:
    """A share where hundredths of a per cent decide: `29.48 %`."""
    return _written(value, lambda known: f"{known * 100:.2f}{SPACE}%")


def percent(value: float) -> str:
    """A round share on an axis: `20 %`, `2.5 %`."""
    return f"{value * 100:.6g}{SPACE}%".replace("-", MINUS)


def percentage_points(value: float | None) -> str:
    """A difference of two rates: `1.24 pp`."""
    return _written(value, lambda known: f"{known * 100:.2f}{SPACE}pp")


def count(value: float | None) -> str:
    """`12,345`."""
    return _written(value, lambda known: f"{known:,.0f}")


def money(value: float | None) -> str:
    """Three significant digits: `1.23 M`; the currency is the amount column's."""
    return _written(value, _money)


def round_money(value: float) -> str:
    """A round amount on an axis: `5 M`, `2.5 k`."""
    for size, unit in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size * 0.9995:
            return f"{value / size:.6g}{SPACE}{unit}".replace("-", MINUS)
    return f"{value:.6g}".replace("-", MINUS)


def number(value: float | None) -> str:
    """A number whose unit only its sentence knows: four significant digits, two decimals or more below one."""
    return _written(value, _number)


def fine(value: float | None) -> str:
    """A small difference decides, as with utilities: four decimals."""
    return _written(value, lambda known: _without_zero(f"{known:.4f}"))


def chance(value: float | None) -> str:
    """A p-value: `.0123`, `< .0001`."""
    return _written(value, lambda known: f"<{SPACE}.0001" if known < 0.0001 else _without_zero(f"{known:.4f}"))


def duration(seconds: float | None) -> str:
    """`12.3 s`, `3 min 20 s`, `1 h 05 min`."""
    return _written(seconds, _duration)


def day(value: date | None) -> str:
    return ABSENT if value is None else value.strftime("%Y-%m-%d")


def signed(text: str) -> str:
    """A difference says its direction: a plus sign where there is no minus sign."""
    return text if text == ABSENT or text.startswith(MINUS) else f"+{text}"


def fewer(value: float | None) -> str:
    """How many less there are: `12 fewer`, `3 more`, `as many`."""
    return _written(
        value, lambda known: f"{abs(known):,.0f} {'fewer' if known > 0 else 'more'}" if round(known) else "as many"
    )


def times(value: float) -> str:
    """How many times as bad as measured: `as bad as measured`, `1.5 times as bad`."""
    return "as bad as measured" if value == 1.0 else f"{value:.3g} times as bad"


def plain(word: str) -> str:
    """A code as words: `slope.out_of_time` is `slope, out of time`."""
    return word.replace("_", " ").replace(".", ", ")


def _written(value: float | None, write: Callable[[float], str]) -> str:
    if value is None or not isfinite(value):
        return ABSENT
    return write(value).replace("-", MINUS)


def _without_zero(text: str) -> str:
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def _money(value: float) -> str:
    for size, unit in ((1e9, "bn"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size * 0.9995:
            scaled = value / (size if unit != "k" else 1e3)
            digits = 2 if abs(scaled) < 9.995 else 1 if abs(scaled) < 99.95 else 0
            return f"{scaled:,.{digits}f}{SPACE}{unit}"
    return f"{value:,.0f}"


def _number(value: float) -> str:
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) < 1e-4:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa.removesuffix('.0')}e{int(exponent)}"
    text = f"{float(f'{value:.4g}'):.10f}".rstrip("0").rstrip(".")
    return _without_zero(f"{value:.2f}" if abs(value) < 1 and len(text.partition(".")[2]) < 2 else text)


def _duration(seconds: float) -> str:
    if seconds < 59.95:
        return f"{seconds:.1f}{SPACE}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}{SPACE}min {rest:02d}{SPACE}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}{SPACE}h {minutes:02d}{SPACE}min"
