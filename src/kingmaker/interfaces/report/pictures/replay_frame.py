"""What all pictures of a replay share: the axis of time, drawn once for a wide page and once for a narrow one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from kingmaker.interfaces.report.drawing.chart import Margins
from kingmaker.interfaces.report.drawing.figure import Key
from kingmaker.interfaces.report.drawing.scale import Axis, time_axis
from kingmaker.loop.replaying.result import ReplayResult

_KNOWN = ("never", "always", "point", "proven", "manual")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """`axis` runs from the first date to the end of the last period, in ordinals of days."""

    axis: Axis
    width: float
    height: float
    margins: Margins


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayFigure:
    """One picture in two widths, of which a page shows the one that fits."""

    title: str
    wide: Markup
    narrow: Markup
    keys: tuple[Key, ...] = ()
    note: str = ""


def figure_in_frames(
    result: ReplayResult, title: str, draw: Callable[[Frame], Markup], *, keys: tuple[Key, ...] = (), note: str = ""
) -> ReplayFigure:
    """The picture that `draw` makes, in both frames."""
    wide, narrow = (draw(frame) for frame in _frames(result))
    return ReplayFigure(title=title, wide=wide, narrow=narrow, keys=keys, note=note)


def kind_of(policy: str) -> str:
    """The class of a policy's marks, which gives them colour and dashes."""
    return f"policy-{policy}" if policy in _KNOWN else "observed"


def _frames(result: ReplayResult) -> tuple[Frame, Frame]:
    first, last = result.first, max((period.to for period in result.periods), default=result.last)
    return (
        Frame(
            axis=_axis(first, last, years=14, months=8),
            width=880.0,
            height=216.0,
            margins=Margins(left=58.0, right=104.0, bottom=24.0),
        ),
        Frame(
            axis=_axis(first, last, years=5, months=3),
            width=400.0,
            height=216.0,
            margins=Margins(left=52.0, right=100.0, bottom=24.0),
        ),
    )


def _axis(first: date, last: date, *, years: int, months: int) -> Axis:
    """The name of a month takes twice the room of a year's."""
    axis = time_axis("", first, last, most=years)
    is_in_years = all(len(tick.label) == 4 for tick in axis.ticks)
    return axis if is_in_years else time_axis("", first, last, most=months)
