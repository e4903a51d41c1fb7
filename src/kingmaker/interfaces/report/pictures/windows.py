"""The windows on a time axis."""

from kingmaker.domain.snapshot import Snapshot, Window, WindowCount
from kingmaker.interfaces.report.drawing.figure import Figure
from kingmaker.interfaces.report.drawing.rows import Bar, Row, rows_chart
from kingmaker.interfaces.report.drawing.scale import time_axis
from kingmaker.interfaces.report.wording import count, day, rate


def windows_figure(snapshot: Snapshot) -> Figure | None:
    """One bar a window from its first to its last application date; None without dates."""
    dated = [window for window in snapshot.windows if window.first and window.last]
    if not dated:
        return None
    first = min(window.first for window in dated if window.first)
    axis = time_axis("application date", first, snapshot.as_of)
    rows = tuple(_row(window) for window in dated)
    description = "Application dates of each window: " + "; ".join(_told(window) for window in dated)
    return Figure(
        title=f"The newest matured loans judge; nothing after {day(snapshot.as_of)} was known",
        drawing=rows_chart(rows, axis, description),
    )


def _row(window: WindowCount) -> Row:
    start, end = (float(place.toordinal()) for place in (window.first, window.last) if place)
    kind = "recent" if window.window is Window.RECENT else "judge" if window.window is Window.TEST else "period"
    return Row(name=window.window.value, bars=(Bar(start=start, end=end, kind=kind, told=_told(window)),))


def _told(window: WindowCount) -> str:
    told = f"{window.window.value} {day(window.first)} to {day(window.last)}, {count(window.rows)} rows"
    return told if window.window is Window.RECENT else f"{told}, {rate(window.bad_rate)} bad"
