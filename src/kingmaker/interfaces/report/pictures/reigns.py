"""Who was champion: a lane for every policy, a bar for every reign, and marks for what happened in between."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element

from markupsafe import Markup

from kingmaker.interfaces.report.drawing.figure import Key
from kingmaker.interfaces.report.drawing.svg import element, picture, short
from kingmaker.interfaces.report.pictures.replay_frame import Frame, ReplayFigure, figure_in_frames, kind_of
from kingmaker.interfaces.report.replay_events import is_held
from kingmaker.interfaces.report.replay_facts import times
from kingmaker.interfaces.report.wording import count, day
from kingmaker.loop.replaying.result import PolicyResult, Reign, ReplayResult, StepEnd

_LANE, _TOP, _HALF = 40.0, 4.0, 7.0
_PATTERNS = 6
_GAP = 0.6
_MARKS = (
    Key(kind="promotion", name="promotion"),
    Key(kind="promotion worse", name="promotion, worse in hindsight"),
    Key(kind="hold", name="held for a person"),
    Key(kind="refused", name="refused, nothing could be done"),
)


def reigns_figure(result: ReplayResult) -> ReplayFigure:
    """Bars from the day a version came into force to the day it was replaced."""
    learners = learners_of(result)
    keys = [Key(kind=_pattern(learners, learner), name=learner) for learner in learners]
    return figure_in_frames(
        result,
        "Who was champion: one bar a reign",
        lambda frame: _drawn(result, frame, learners),
        keys=(*keys, *(key for key in _MARKS if _is_met(key, result))),
    )


def learners_of(result: ReplayResult) -> tuple[str, ...]:
    """In the order in which they first reigned."""
    reigns = [(reign.since, reign.learner) for policy in result.policies for reign in policy.reigns]
    return tuple(dict.fromkeys(learner for _, learner in sorted(reigns)))


def _is_met(key: Key, result: ReplayResult) -> bool:
    match key.kind:
        case "promotion":
            return any(len(policy.reigns) > 1 for policy in result.policies)
        case "promotion worse":
            return any(policy.worse for policy in result.policies)
        case "hold":
            return any(policy.holds for policy in result.policies)
        case _:
            return any(policy.refusals for policy in result.policies)


def _drawn(result: ReplayResult, frame: Frame, learners: tuple[str, ...]) -> Markup:
    bottom = _TOP + _LANE * len(result.policies)
    drawn = _grid(frame, bottom)
    for index, policy in enumerate(result.policies):
        drawn += _lane(policy, frame, _TOP + _LANE * (index + 0.5), learners)
    told = "; ".join(_account(policy) for policy in result.policies)
    return picture(frame.width, bottom + 24, f"Who was champion under each policy: {told}.", *drawn)


def _account(policy: PolicyResult) -> str:
    if not policy.reigns:
        return f"{policy.policy} never had a champion"
    first, newest = policy.reigns[0], policy.reigns[-1]
    replaced = f", replaced {times(len(policy.reigns) - 1)}, last on {day(newest.since)}" if first is not newest else ""
    return f"{policy.policy} from {day(first.since)} to {day(newest.until)}{replaced}"


def _grid(frame: Frame, bottom: float) -> list[Element]:
    drawn = []
    for tick in frame.axis.ticks:
        place = _across(tick.value, frame)
        drawn.append(element("line", x1=place, y1=_TOP, x2=place, y2=bottom, class_="grid"))
        drawn.append(element("text", text=tick.label, x=place, y=bottom + 16, class_="tick", text_anchor="middle"))
    return drawn


def _lane(policy: PolicyResult, frame: Frame, middle: float, learners: tuple[str, ...]) -> list[Element]:
    name = element(
        "text",
        text=policy.policy,
        x=frame.margins.left - 8,
        y=middle + 4,
        class_=f"note {kind_of(policy.policy)}",
        text_anchor="end",
    )
    told = (
        f"{count(policy.promotions)} promotion{'' if policy.promotions == 1 else 's'}"
        if policy.reigns
        else "no champion"
    )
    value = element("text", text=told, x=frame.width - frame.margins.right + 8, y=middle + 4, class_="tick")
    bars = [part for reign in policy.reigns for part in _bar(reign, frame, middle, _pattern(learners, reign.learner))]
    return [name, value, *bars, *_promotions(policy.reigns, frame, middle), *_runs(policy, frame, middle)]


def _bar(reign: Reign, frame: Frame, middle: float, pattern: str) -> Iterator[Element]:
    start, end = _across(reign.since.toordinal(), frame) + _GAP, _across(reign.until.toordinal(), frame) - _GAP
    width = max(0.8, end - start)
    told = (
        f"{reign.learner} {reign.version[:12]}, in force from {day(reign.since)} to {day(reign.until)}, run {reign.run}: "
        f"{reign.sentence}"
    )
    yield element(
        "rect",
        element("title", text=told),
        x=start,
        y=middle - _HALF,
        width=width,
        height=2 * _HALF,
        class_=f"reign {pattern}",
    )
    yield element("rect", x=start, y=middle - 2, width=width, height=4.0, class_=f"stripe {pattern}")


def _promotions(reigns: Sequence[Reign], frame: Frame, middle: float) -> Iterator[Element]:
    foot = middle - _HALF - 2
    for before, reign in pairwise(reigns):
        place = _across(reign.since.toordinal(), frame)
        is_worse = reign.hindsight is not None and reign.hindsight.is_worse
        told = f"{day(reign.since)}: {reign.version[:12]} replaces {before.version[:12]}"
        width, height = (2.6, 11.0) if is_worse else (1.6, 6.0)
        yield element(
            "rect",
            element("title", text=f"{told}{', worse in hindsight' if is_worse else ''}"),
            x=place - width / 2,
            y=foot - height,
            width=width,
            height=height,
            class_="promotion worse" if is_worse else "promotion",
        )


def _runs(policy: PolicyResult, frame: Frame, middle: float) -> Iterator[Element]:
    top = middle + _HALF + 3
    for run in policy.runs:
        place = _across(run.as_of.toordinal(), frame)
        title = element("title", text=f"{day(run.as_of)}: {run.sentence}")
        if run.end is StepEnd.REFUSED:
            yield element("path", title, d=_cross(place, top + 3), class_="refused")
        elif is_held(run):
            yield element("rect", title, x=place - 1.7, y=top, width=3.4, height=7.0, class_="hold")


def _cross(x: float, y: float) -> str:
    left, right, above, below = (short(place) for place in (x - 2.6, x + 2.6, y - 2.6, y + 2.6))
    return f"M{left} {above}L{right} {below}M{left} {below}L{right} {above}"


def _across(value: float, frame: Frame) -> float:
    return frame.axis.place(value, frame.margins.left, frame.width - frame.margins.right)


def _pattern(learners: tuple[str, ...], learner: str) -> str:
    return f"learner-{learners.index(learner) % _PATTERNS}"
