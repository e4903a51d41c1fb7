"""A chart in two dimensions: axes, and marks laid over them in the order in which they are added."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from xml.etree.ElementTree import Element

from markupsafe import Markup

from kingmaker.interfaces.report.drawing.scale import Axis
from kingmaker.interfaces.report.drawing.svg import element, picture, short

WIDTH = 440.0
HEIGHT = 280.0
_LETTER = 7.0
"""Rough width of a letter in the charts' 12 px type; leaves room for the labels of the vertical axis."""
_LABEL = 14.0
"""Two labels closer than this touch."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a chart. `low` and `high` are its interval, `told` what a pointer resting on it reads."""

    x: float
    y: float | None
    told: str = ""
    low: float | None = None
    high: float | None = None

    def is_known(self) -> bool:
        return self.y is not None and isfinite(self.y)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLabel:
    """The name of a line, beside its last point."""

    x: float
    y: float
    text: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """Pixels around the axes. Charts with the same ones stand exactly above each other."""

    left: float
    right: float
    bottom: float = 42.0


class Chart:
    """Marks are drawn inside the axes; `kind` is the CSS class that gives a mark its meaning and so its colour."""

    def __init__(
        self, x: Axis, y: Axis, *, width: float = WIDTH, height: float = HEIGHT, margins: Margins | None = None
    ) -> None:
        self.x, self.y = x, y
        self.width, self.height = width, height
        around = margins or Margins(
            left=12 + _LETTER * max((len(tick.label) for tick in y.ticks), default=0), right=18.0
        )
        self.left, self.right = around.left, width - around.right
        self.top, self.bottom = 26.0, height - around.bottom
        self._under: list[Element] = []
        self._marks: list[Element] = []

    def across(self, value: float) -> float:
        return self.x.place(value, self.left, self.right)

    def up(self, value: float) -> float:
        return self.y.place(value, self.bottom, self.top)

    def line(self, marks: Sequence[Mark], kind: str) -> None:
        """Joins the known points; an unknown one leaves a gap."""
        path, pen = [], "M"
        for mark in marks:
            if mark.y is None or not mark.is_known():
                pen = "M"
                continue
            path.append(f"{pen}{short(self.across(mark.x))} {short(self.up(mark.y))}")
            pen = "L"
        if path:
            self._marks.append(element("path", d="".join(path), class_=f"line {kind}"))

    def dots(self, marks: Sequence[Mark], kind: str, *, radius: float = 3.6) -> None:
        """Points with their intervals as whiskers."""
        for mark in marks:
            if mark.y is None or not mark.is_known():
                continue
            x, y = self.across(mark.x), self.up(mark.y)
            if mark.low is not None and mark.high is not None:
                self._marks.append(_segment(x, self.up(mark.low), x, self.up(mark.high), f"whisker {kind}"))
            self._marks.append(element("circle", *_told(mark), cx=x, cy=y, r=radius, class_=f"dot {kind}"))

    def bars(self, marks: Sequence[Mark], kind: str, *, half_width: float, shift: float = 0.0) -> None:
        """Upright bars from nought, `half_width` and `shift` in the unit of the horizontal axis, with whiskers."""
        floor = self.up(max(0.0, self.y.low))
        for mark in marks:
            if mark.y is None or not mark.is_known():
                continue
            start, end = self.across(mark.x + shift - half_width), self.across(mark.x + shift + half_width)
            top, middle = self.up(mark.y), (start + end) / 2
            self._marks.append(
                element(
                    "rect", *_told(mark), x=start, y=top, width=end - start, height=floor - top, class_=f"bar {kind}"
                )
            )
            if mark.low is not None and mark.high is not None:
                self._marks.append(_segment(middle, self.up(mark.low), middle, self.up(mark.high), "whisker over"))

    def segment(self, start: tuple[float, float], end: tuple[float, float], kind: str) -> None:
        """A straight line between two points in the unit of the axes."""
        self._marks.append(
            _segment(self.across(start[0]), self.up(start[1]), self.across(end[0]), self.up(end[1]), kind)
        )

    def upright(self, value: float, kind: str) -> None:
        """A vertical rule over the whole height."""
        self._under.append(_segment(self.across(value), self.top, self.across(value), self.bottom, kind))

    def level(self, value: float, kind: str, text: str = "") -> None:
        """A horizontal rule over the whole width, with its name at the right end; outside the axis it is left out."""
        if not self.y.low <= value <= self.y.high:
            return
        height = self.up(value)
        self._under.append(_segment(self.left, height, self.right, height, kind))
        if text:
            self._marks.append(_text(self.right, height - 4, text, "note", "end"))

    def shade(self, low: float, high: float, kind: str, text: str = "") -> None:
        """A tinted period of the horizontal axis with its name at the top, where the name fits."""
        start, end = self.across(max(low, self.x.low)), self.across(min(high, self.x.high))
        self._under.append(
            element("rect", x=start, y=self.top, width=end - start, height=self.bottom - self.top, class_=kind)
        )
        if text and end - start > _LETTER * len(text):
            self._under.append(_text((start + end) / 2, self.top + 11, text, "note", "middle"))

    def note(
        self, place: tuple[float, float], text: str, *, kind: str = "", shift: tuple[float, float] = (8, 4)
    ) -> None:
        """Words beside a point, `shift` in pixels; right of it, or left where `shift` is negative."""
        anchor = "end" if shift[0] < 0 else "start"
        self._marks.append(
            _text(self.across(place[0]) + shift[0], self.up(place[1]) + shift[1], text, f"note {kind}", anchor)
        )

    def strip(self, low: float, high: float, told: str) -> None:
        """An unseen upright strip that tells what stands there to a pointer resting anywhere on it."""
        start, end = self.across(low), self.across(high)
        self._marks.append(
            element(
                "rect",
                element("title", text=told),
                x=start,
                y=self.top,
                width=end - start,
                height=self.bottom - self.top,
                class_="strip",
            )
        )

    def ends(self, labels: Sequence[EndLabel]) -> None:
        """Names right of the axes, at the height of their points; moved apart where they would touch, and then led to."""
        places = apart([self.up(label.y) for label in labels], _LABEL, self.top, self.bottom)
        for label, place in zip(labels, places, strict=True):
            x, y = self.across(label.x), self.up(label.y)
            if abs(place - y) > 1 or self.right - x > 1:
                self._marks.append(
                    element(
                        "path", d=f"M{short(x)} {short(y)}L{short(self.right + 12)} {short(place)}", class_="leader"
                    )
                )
            shift = (self.right + 15, place + 4)
            self._marks.append(_text(*shift, label.text, f"note {label.kind}", "start"))

    def svg(self, description: str) -> Markup:
        """The finished chart; `description` says for those who cannot see it what it shows."""
        return picture(
            self.width, self.height, description, *self._under, *self._vertical(), *self._horizontal(), *self._marks
        )

    def _vertical(self) -> list[Element]:
        drawn = [_text(2, 12, self.y.title, "title", "start")]
        for tick in self.y.ticks:
            height = self.up(tick.value)
            drawn.append(_segment(self.left, height, self.right, height, "grid"))
            drawn.append(_text(self.left - 6, height + 4, tick.label, "tick", "end"))
        return drawn

    def _horizontal(self) -> list[Element]:
        drawn = [_segment(self.left, self.bottom, self.right, self.bottom, "base")]
        for tick in self.x.ticks:
            place = self.across(tick.value)
            room = len(tick.label) * _LETTER / 2
            anchor = "end" if place + room > self.width else "middle"
            drawn.append(
                _text(
                    min(place, self.width) if anchor == "middle" else self.width,
                    self.bottom + 16,
                    tick.label,
                    "tick",
                    anchor,
                )
            )
        if self.x.title:
            drawn.append(_text((self.left + self.right) / 2, self.height - 6, self.x.title, "title", "middle"))
        return drawn


def apart(places: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """The places moved as little as needs be to keep their distance, in their order and, if they fit, from low to high."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for above, index in pairwise(order):
        moved[index] = max(moved[index], moved[above] + distance)
    floor = max(high, low + distance * (len(places) - 1))
    for index in reversed(order):
        moved[index] = min(moved[index], floor)
        floor = moved[index] - distance
    return moved


def _segment(x1: float, y1: float, x2: float, y2: float, kind: str) -> Element:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)


def _text(x: float, y: float, text: str, kind: str, anchor: str) -> Element:
    return element("text", text=text, x=x, y=y, class_=kind, text_anchor=anchor)


def _told(mark: Mark) -> list[Element]:
    return [element("title", text=mark.told)] if mark.told else []
