"""A heat strip: one row a name, one square a day, the colour saying how far the reading is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element

from markupsafe import Markup

from kingmaker.interfaces.report.drawing.svg import element, picture

WIDTH: Final = 960.0
LEFT: Final = 190.0
ROW: Final = 20.0
TOP: Final = 22.0
LONGEST: Final = 26
DAYS_A_LABEL: Final = 7


@dataclass(frozen=True, slots=True)
class Square:
    """`kind` is `none`, `calm`, `warm`, `hold` or `bad`; `told` is what a pointer resting on it reads."""

    kind: str
    told: str


def heat_strip(
    names: Sequence[str], days: Sequence[date], squares: Sequence[Sequence[Square]], description: str
) -> Markup:
    """`squares` has one row a name and one square a day."""
    step = (WIDTH - LEFT) / max(1, len(days))
    drawn = [*_labels(days, step)]
    for row, (name, of_days) in enumerate(zip(names, squares, strict=True)):
        middle = TOP + ROW * row + ROW / 2 + 4
        drawn.append(_text(LEFT - 8, middle, _shortened(name), "tick", "end", told=name))
        for place, square in enumerate(of_days):
            drawn.append(
                element(
                    "rect", element("title", text=square.told), x=LEFT + step * place, y=TOP + ROW * row,
                    width=max(1.0, step - 1.5), height=ROW - 2, class_=f"heat {square.kind}",
                )
            )  # fmt: skip
    return picture(WIDTH, TOP + ROW * len(names) + 4, description, *drawn)


def _labels(days: Sequence[date], step: float) -> list[Element]:
    """The newest day, and every seventh before it."""
    places = range(len(days) - 1, -1, -DAYS_A_LABEL if step < 60 else -1)
    return [_text(LEFT + step * (place + 0.5), 14, f"{days[place]:%m-%d}", "tick", "middle") for place in places]


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _text(x: float, y: float, text: str, kind: str, anchor: str, *, told: str = "") -> Element:
    made = element("text", text=text, x=x, y=y, class_=kind, text_anchor=anchor)
    if told:
        made.append(element("title", text=told))
    return made
