"""Stability: the same measures month by month, on all windows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kingmaker.domain.evidence import Evidence, MonthRow
from kingmaker.domain.snapshot import Snapshot, Window
from kingmaker.interfaces.report.drawing.chart import Chart, Mark
from kingmaker.interfaces.report.drawing.figure import OBSERVED, Figure, Key
from kingmaker.interfaces.report.drawing.scale import Axis, Label, number_axis, time_axis
from kingmaker.interfaces.report.pictures.models import models_of
from kingmaker.interfaces.report.wording import area, count, percent, rate

_HEIGHT = 230.0
_HALF_MONTH = 14
PSI_PASSES, PSI_FAILS = 0.10, 0.25
"""The customary limits of the population stability index: below the first stable, above the second shifted."""

Series = Sequence[tuple[Key, Sequence[MonthRow]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    title: str
    name: str
    read: Callable[[MonthRow], float | None]
    write: Callable[[float | None], str]
    label: Label | None = None
    limits: tuple[tuple[float, str], ...] = ()


_BAD_RATE = _Measure(
    title="Bad rate by month of application", name="bad rate", read=lambda row: row.bad_rate, write=rate, label=percent
)
_APPROVAL = _Measure(
    title="Share approved at each model\u2019s own cut",
    name="approval rate",
    read=lambda row: row.approval_rate,
    write=rate,
    label=percent,
)
_AUC = _Measure(
    title="Ranking power by month (where there are 20 bads)", name="AUC", read=lambda row: row.auc, write=area
)
_PSI = _Measure(
    title="Shift of the scores against the calibration window",
    name="PSI",
    read=lambda row: row.psi,
    write=area,
    limits=((PSI_PASSES, "stable below .10"), (PSI_FAILS, "shifted above .25")),
)


def month_figures(evidence: Evidence, snapshot: Snapshot) -> tuple[Figure, ...]:
    """Bad rate, approval, AUC and PSI by month; nothing where the data have no dates."""
    series = [(key, _in_order(model.months)) for key, model in models_of(evidence) if model.months]
    if not series:
        return ()
    observed = [(OBSERVED, series[-1][1])]
    return (
        _figure(_BAD_RATE, observed, snapshot),
        _figure(_APPROVAL, series, snapshot),
        _figure(_AUC, series, snapshot),
        _figure(_PSI, series, snapshot),
    )


def _figure(measure: _Measure, series: Series, snapshot: Snapshot) -> Figure:
    chart = Chart(_months_axis(series), _values_axis(measure, series), height=_HEIGHT)
    _shade_windows(chart, snapshot)
    for limit, name in measure.limits:
        chart.level(limit, "rule limit", name)
    for key, rows in series:
        marks = [_mark(measure, row) for row in rows]
        chart.line(marks, key.kind)
        chart.dots(marks, key.kind, radius=2.4)
    ends = "; ".join(f"{key.name} from {_end(rows, measure)} to {_end(rows[::-1], measure)}" for key, rows in series)
    return Figure(
        title=measure.title, drawing=chart.svg(f"{measure.title}: {ends}."), keys=tuple(key for key, _ in series)
    )


def _mark(measure: _Measure, row: MonthRow) -> Mark:
    value = measure.read(row)
    told = f"{row.month:%b %Y}, {row.window}, {count(row.rows)} rows: {measure.name} {measure.write(value)}"
    return Mark(row.month.toordinal() + _HALF_MONTH, value, told)


def _values_axis(measure: _Measure, series: Series) -> Axis:
    values = [measure.read(row) for _, rows in series for row in rows]
    if not measure.limits:
        return number_axis(measure.name, values, label=measure.label, most=5)
    # The first limit is always in sight, a little below the top, so that its name has room.
    return number_axis(measure.name, [*values, measure.limits[0][0] * 1.2], label=measure.label, zero=True, most=5)


def _months_axis(series: Series) -> Axis:
    months = [row.month for _, rows in series for row in rows]
    last = max(months)
    return time_axis("month of application", min(months), last.fromordinal(last.toordinal() + 2 * _HALF_MONTH))


def _shade_windows(chart: Chart, snapshot: Snapshot) -> None:
    for index, window in enumerate(snapshot.windows):
        if window.first and window.last:
            kind = "period-odd" if index % 2 else "period-even"
            chart.shade(window.first.toordinal(), window.last.toordinal(), kind, window.window.value)


def _in_order(rows: Sequence[MonthRow]) -> Sequence[MonthRow]:
    """By month; a month that two windows share, in the windows' order."""
    order = [window.value for window in Window]
    return sorted(rows, key=lambda row: (row.month, order.index(row.window) if row.window in order else len(order)))


def _end(rows: Sequence[MonthRow], measure: _Measure) -> str:
    return next((measure.write(value) for row in rows if (value := measure.read(row)) is not None), "unknown")
