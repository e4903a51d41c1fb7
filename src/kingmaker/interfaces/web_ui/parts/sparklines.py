"""A line no larger than a word: how a figure went, with its newest value as a dot."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

WIDTH: Final = 92.0
HEIGHT: Final = 24.0
_MARGIN: Final = 3.0


def sparkline(values: Sequence[float], told: str) -> Markup:
    """`told` is what a screen reader says of it. One value is a dot; none is an empty place of the same size."""
    places = _places(values)
    if not places:
        return _picture(told, Markup(""))
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    line = Markup('<polyline points="{}"/>').format(joined) if len(places) > 1 else Markup("")
    x, y = places[-1]
    return _picture(told, line + Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2.6"/>').format(x, y))


def _picture(told: str, drawn: Markup) -> Markup:
    opened = Markup(
        '<svg class="km-spark" viewBox="0 0 {0:g} {1:g}" width="{0:g}" height="{1:g}" role="img" aria-label="{2}">'
    )
    return opened.format(WIDTH, HEIGHT, told) + drawn + Markup("</svg>")


def _places(values: Sequence[float]) -> list[tuple[float, float]]:
    """The lowest value stands at the bottom and the highest at the top; values that are all the same, in the middle."""
    if not values:
        return []
    low, high = min(values), max(values)
    step = (WIDTH - 2 * _MARGIN) / max(1, len(values) - 1)
    height = HEIGHT - 2 * _MARGIN
    first = WIDTH - _MARGIN - step * (len(values) - 1) if len(values) > 1 else WIDTH - _MARGIN
    return [
        (first + step * place, HEIGHT / 2 if high == low else HEIGHT - _MARGIN - height * (value - low) / (high - low))
        for place, value in enumerate(values)
    ]
