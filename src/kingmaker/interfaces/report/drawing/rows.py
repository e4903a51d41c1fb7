"""A chart in rows: a name on the left and marks along one common axis. For names too long to stand under an axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markupsafe import Markup

from kingmaker.interfaces.report.drawing.scale import Axis
from kingmaker.interfaces.report.drawing.svg import element, picture, short

_LETTER = 7.0
_ROW = 20.0
_TOP = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """From `start` to `end` on the axis."""

    start: float
    end: float
    kind: str
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    at: float
    kind: str
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`value` is written at the right end of the bar, or past it where it would not fit."""

    name: str
    bars: tuple[Bar, ...] = ()
    points: tuple[Point, ...] = ()
    value: str = ""


def rows_chart(
    rows: Sequence[Row],
    axis: Axis,
    description: str,
    *,
    width: float = 440.0,
    longest: int = 24,
    joined: bool = True,
) -> Markup:
    """Rows from top to bottom over one axis. Points of one kind are joined from row to row, unless rows have no order.

    Names longer than `longest` letters are shortened; the whole name is told by a pointer resting on it.
    """
    left = 10 + _LETTER * min(longest, max((len(row.name) for row in rows), default=0))
    right = width - 14 - _LETTER * max((len(row.value) for row in rows), default=0)
    bottom = _TOP + _ROW * len(rows)
    drawn = _grid(axis, left, right, bottom)
    for index, row in enumerate(rows):
        drawn += _row(row, _TOP + _ROW * (index + 0.5), left, right, axis, longest)
    drawn += _joined(rows, left, right, axis) if joined else []
    drawn += [
        element(
            "circle",
            *_told(point.told),
            cx=axis.place(point.at, left, right),
            cy=_TOP + _ROW * (index + 0.5),
            r=3.6,
            class_=f"dot {point.kind}",
        )
        for index, row in enumerate(rows)
        for point in row.points
    ]
    drawn.append(_text((left + right) / 2, bottom + 34, axis.title, "title", "middle"))
    return picture(width, bottom + 42, description, *drawn)


def _row(row: Row, middle: float, left: float, right: float, axis: Axis, longest: int) -> list[Element]:
    name = _text(left - 6, middle + 4, _shortened(row.name, longest), "tick", "end")
    name.extend(_told(row.name))
    drawn = [name]
    end = left
    for bar in row.bars:
        start, end = axis.place(bar.start, left, right), axis.place(bar.end, left, right)
        drawn.append(
            element(
                "rect",
                *_told(bar.told),
                x=start,
                y=middle - 7,
                width=max(1.0, end - start),
                height=14.0,
                class_=f"bar {bar.kind}",
            )
        )
    if row.value:
        drawn.append(_text(end + 6, middle + 4, row.value, "tick", "start"))
    return drawn


def _joined(rows: Sequence[Row], left: float, right: float, axis: Axis) -> list[Element]:
    kinds = dict.fromkeys(point.kind for row in rows for point in row.points)
    drawn = []
    for kind in kinds:
        places = [
            f"{short(axis.place(point.at, left, right))} {short(_TOP + _ROW * (index + 0.5))}"
            for index, row in enumerate(rows)
            for point in row.points
            if point.kind == kind
        ]
        drawn.append(element("path", d="M" + "L".join(places), class_=f"line thin {kind}"))
    return drawn


def _grid(axis: Axis, left: float, right: float, bottom: float) -> list[Element]:
    drawn = []
    for tick in axis.ticks:
        place = axis.place(tick.value, left, right)
        drawn.append(element("line", x1=place, y1=_TOP, x2=place, y2=bottom, class_="grid"))
        drawn.append(_text(place, bottom + 16, tick.label, "tick", "middle"))
    return drawn


def _shortened(name: str, longest: int) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}\u2026"


def _text(x: float, y: float, text: str, kind: str, anchor: str) -> Element:
    return element("text", text=text, x=x, y=y, class_=kind, text_anchor=anchor)


def _told(text: str) -> list[Element]:
    return [element("title", text=text)] if text else []
