"""Who was champion when, with every turn and verdict marked, as the report draws the reigns of a replay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Final
from xml.etree.ElementTree import Element

from markupsafe import Markup

from kingmaker.domain.champion import ChampionTurn, TurnReason
from kingmaker.domain.verdict import Decision
from kingmaker.interfaces.report.drawing.chart import Margins
from kingmaker.interfaces.report.drawing.scale import Axis
from kingmaker.interfaces.report.drawing.svg import element, picture, short
from kingmaker.interfaces.web_ui.pipeline_parts.seen import Seen
from kingmaker.interfaces.web_ui.pipeline_parts.time_axis import moments_axis, place_of
from kingmaker.interfaces.web_ui.texts.catalogue import Texts
from kingmaker.loop.figure_records import RunFigures

_LETTER: Final = 6.6
_BAR: Final = 18.0
_REIGNS, _VERDICTS, _BOTTOM = 30.0, 66.0, 84.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The axis of time with the place that it has on the page; charts in one frame stand exactly under each other."""

    axis: Axis
    width: float
    margins: Margins

    def across(self, moment: datetime) -> float:
        return self.axis.place(place_of(moment), self.margins.left, self.width - self.margins.right)


def frames_of(seen: Seen) -> tuple[Frame, Frame]:
    """For a wide page and for a narrow one: from the oldest verdict shown (or the first turn) to the newest, or to now."""
    begun = [one.recorded_at for one in seen.figures] + ([] if seen.older else [turn.since for turn in seen.history])
    first, last = min(begun, default=seen.until), seen.until
    return (
        Frame(
            axis=moments_axis(first, last, most=9), width=1120.0, margins=Margins(left=84.0, right=20.0, bottom=22.0)
        ),
        Frame(axis=moments_axis(first, last, most=4), width=360.0, margins=Margins(left=52.0, right=10.0, bottom=22.0)),
    )


def time_line(t: Texts, seen: Seen, frame: Frame) -> Markup:
    turns = tuple(_reigns(seen.history, frame))
    drawn = [
        *_grid(frame),
        *_zone(frame),
        *_lane(t("pipeline.lane.champion"), _REIGNS),
        *_lane(t("pipeline.lane.verdicts"), _VERDICTS),
    ]
    for turn, end in turns:
        drawn += _reign(t, turn, end, frame, is_now=turn is seen.history[-1])
    drawn += [_turned(t, turn, frame) for turn, _ in turns if place_of(turn.since) >= frame.axis.low]
    drawn += [_decided(t, one, frame) for one in seen.figures]
    told = "; ".join(_told(t, turn) for turn, _ in turns) or t("pipeline.no_champion")
    return picture(frame.width, _BOTTOM + 22, f"{t('pipeline.time_line')}: {told}.", *drawn)


def symbol(kind: str, x: float, y: float) -> Element:
    """The mark of a turn or a verdict: a shape of its own each, so that no colour is needed to tell them apart."""
    return element("path", d=_SHAPES[kind](x, y), class_=f"km-pipeline-event {kind}")


def _reigns(history: Sequence[ChampionTurn], frame: Frame) -> Iterator[tuple[ChampionTurn, datetime | None]]:
    """Those that reach into the frame, each with its end; None for the one that lasts."""
    for turn, following in zip_longest(history, history[1:]):
        end = following.since if following else None
        if (end is None or place_of(end) >= frame.axis.low) and place_of(turn.since) <= frame.axis.high:
            yield turn, end


def _grid(frame: Frame) -> Iterator[Element]:
    for tick in frame.axis.ticks:
        place = frame.axis.place(tick.value, frame.margins.left, frame.width - frame.margins.right)
        yield element("line", x1=place, y1=4.0, x2=place, y2=_BOTTOM, class_="grid")
        yield element("text", text=tick.label, x=place, y=_BOTTOM + 16, class_="tick", text_anchor="middle")


def _lane(name: str, middle: float) -> Iterator[Element]:
    yield element("text", text=name, x=0.0, y=middle + 4, class_="tick")


def _zone(frame: Frame) -> Iterator[Element]:
    """Where hours are told: whose they are."""
    if any(":" in tick.label for tick in frame.axis.ticks):
        yield element("text", text="UTC", x=0.0, y=_BOTTOM + 16, class_="tick")


def _reign(t: Texts, turn: ChampionTurn, end: datetime | None, frame: Frame, *, is_now: bool) -> Iterator[Element]:
    low, high = frame.margins.left, frame.width - frame.margins.right
    start = max(low, frame.across(turn.since))
    stop = high if end is None else min(high, frame.across(end))
    width = max(1.5, stop - start - 1)
    kind = "now" if is_now else "past"
    yield element(
        "rect",
        element("title", text=_told(t, turn)),
        x=start, y=_REIGNS - _BAR / 2, width=width, height=_BAR, rx=3.0, class_=f"km-pipeline-reign {kind}",
    )  # fmt: skip
    name = turn.version[:12] if width > 12 * _LETTER + 26 else turn.version[:6] if width > 6 * _LETTER + 26 else ""
    if name:
        yield element("text", text=name, x=start + 14, y=_REIGNS + 4, class_=f"km-pipeline-name {kind}")


def _turned(t: Texts, turn: ChampionTurn, frame: Frame) -> Element:
    made = symbol(turn.reason.value, frame.across(turn.since), _REIGNS - _BAR / 2 - 7)
    made.append(element("title", text=_told(t, turn)))
    return made


def _decided(t: Texts, one: RunFigures, frame: Frame) -> Element:
    made = symbol(kind_of(one), frame.across(one.recorded_at), _VERDICTS)
    made.append(
        element("title", text=f"{t('pipeline.run', number=one.run)}, {one.recorded_at:%Y-%m-%d}: {one.sentence}")
    )
    return made


def kind_of(one: RunFigures) -> str:
    """Of the verdict, its decision; of a held one that a person settled, what they decided."""
    if one.settlement is not None:
        return "approved" if one.settlement.approved else "refused"
    decision = one.reason.to_decision()
    return {Decision.PROMOTE: "promote", Decision.HOLD: "hold", Decision.REJECT: "reject"}[decision]


def _told(t: Texts, turn: ChampionTurn) -> str:
    how = t(f"pipeline.turn.{turn.reason.value}", by=turn.by)
    return f"{turn.since:%Y-%m-%d} {turn.version[:12]} {how}: {turn.why}"


def _polygon(*points: tuple[float, float]) -> str:
    return "M" + "L".join(f"{short(x)} {short(y)}" for x, y in points) + "Z"


def _up(x: float, y: float) -> str:
    return _polygon((x, y - 5), (x + 5, y + 4), (x - 5, y + 4))


def _left(x: float, y: float) -> str:
    return _polygon((x - 6, y), (x + 4, y - 5), (x + 4, y + 5))


def _diamond(x: float, y: float) -> str:
    return _polygon((x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y))


def _square(x: float, y: float) -> str:
    return _polygon((x - 4, y - 4), (x + 4, y - 4), (x + 4, y + 4), (x - 4, y + 4))


def _cross(x: float, y: float) -> str:
    left, right, above, below = (short(place) for place in (x - 4, x + 4, y - 4, y + 4))
    return f"M{left} {above}L{right} {below}M{left} {below}L{right} {above}"


_SHAPES: Final = {
    TurnReason.PROMOTED.value: _up,
    TurnReason.APPROVED.value: _diamond,
    TurnReason.ROLLED_BACK.value: _left,
    "promote": _up,
    "hold": _square,
    "reject": _cross,
    "refused": _cross,
}
