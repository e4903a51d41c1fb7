"""Every policy period by period: what its champion was worth on the applicants who came after each date."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from markupsafe import Markup

from kingmaker.interfaces.report.drawing.chart import Chart, EndLabel, Mark
from kingmaker.interfaces.report.drawing.scale import Label, number_axis
from kingmaker.interfaces.report.pictures.replay_frame import Frame, ReplayFigure, figure_in_frames, kind_of
from kingmaker.interfaces.report.replay_facts import baseline_of, is_judged
from kingmaker.interfaces.report.wording import area, count, day, exact_rate, money, percent, rate, round_money, signed
from kingmaker.loop.replaying.result import Figures, Means, Period, PolicyResult, ReplayResult

_MOST_DOTS = 24
_LAST = ("never", "manual", "point", "proven")

Write = Callable[[float | None], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    title: str
    name: str
    read: Callable[[Figures], float]
    mean: Callable[[Means], float | None]
    write: Write
    label: Label | None = None
    zero: bool = False
    note: str = ""


_AUC = _Measure(title="Ranking power (AUC)", name="AUC", read=lambda one: one.auc, mean=lambda one: one.auc, write=area)
_FALSE_KILL = _Measure(
    title="False kill",
    name="false kill",
    read=lambda one: one.false_kill,
    mean=lambda one: one.false_kill,
    write=exact_rate,
    label=percent,
)
_BAD_RATE = _Measure(
    title="Bad rate of the approved",
    name="bad rate",
    read=lambda one: one.bad_rate,
    mean=lambda one: one.bad_rate,
    write=exact_rate,
    label=percent,
    zero=True,
    note="Bars: the bad rate of everybody who applied in the period. Lines: of those whom each policy would have approved.",
)
_CALIBRATION = _Measure(
    title="Error of the mean pd (its distance from the bad rate, as a share of it)",
    name="error of the mean pd",
    read=lambda one: one.calibration_error,
    mean=lambda one: one.calibration_error,
    write=rate,
    label=percent,
    zero=True,
)


def period_figures(result: ReplayResult) -> tuple[ReplayFigure, ...]:
    """AUC, false kill, bad rate, calibration and, where amounts are declared, money; nothing where nothing was judged."""
    if not any(one.figures for policy in result.policies for one in policy.periods):
        return ()
    figures = [_figure(measure, result) for measure in (_AUC, _FALSE_KILL, _BAD_RATE, _CALIBRATION)]
    return (*figures, _money_figure(result)) if result.amount else tuple(figures)


def _figure(measure: _Measure, result: ReplayResult) -> ReplayFigure:
    means = ", ".join(f"{policy.policy} {measure.write(measure.mean(policy.by_bads))}" for policy in result.policies)
    title = f"{measure.title}: {means}"
    return figure_in_frames(
        result, title, lambda frame: _drawn(measure, result, frame, f"{title}. By period."), note=measure.note
    )


def _drawn(measure: _Measure, result: ReplayResult, frame: Frame, description: str) -> Markup:
    periods = {period.number: period for period in result.periods}
    lines = {policy.policy: _marks(measure, policy, periods) for policy in result.policies}
    book = [period for period in result.periods if period.rows] if measure is _BAD_RATE else []
    values = [mark.y for marks in lines.values() for mark in marks]
    from_nought = measure.zero or len({value for value in values if value is not None}) < 2
    axis = number_axis(
        measure.name, [*values, *(one.bad_rate for one in book)], label=measure.label, zero=from_nought, most=5
    )
    chart = Chart(frame.axis, axis, width=frame.width, height=frame.height, margins=frame.margins)
    for period in book:
        half = (period.to - period.after).days / 2
        chart.bars([Mark(_middle(period), period.bad_rate)], "share", half_width=half * 0.86)
    for policy, marks in _drawn_last_first(lines):
        chart.line(marks, kind_of(policy))
        chart.dots(_dotted(marks), kind_of(policy), radius=2.4)
    for period in result.periods:
        chart.strip(period.after.toordinal(), period.to.toordinal(), _told(measure, result, period))
    chart.ends([_end(policy, policy, marks) for policy, marks in lines.items() if _newest(marks)])
    return chart.svg(description)


def _money_figure(result: ReplayResult) -> ReplayFigure:
    baseline = baseline_of(result)
    lines = {policy.policy: _sums(policy, baseline, result) for policy in result.policies if policy is not baseline}
    against = f", added up, against {baseline.policy}" if baseline else ", added up"
    told = ", ".join(f"{policy} {_last_sum(marks, baseline)}" for policy, marks in lines.items())
    title = f"Profit ({result.amount}){against}: {told}"
    return figure_in_frames(
        result,
        title,
        lambda frame: _money_drawn(result, lines, frame, title),
        note="On the approved, in the periods that could be judged; a level stretch means that nothing was gained or lost.",
    )


def _money_drawn(result: ReplayResult, lines: dict[str, list[Mark]], frame: Frame, description: str) -> Markup:
    values = [mark.y for marks in lines.values() for mark in marks]
    axis = number_axis(f"profit ({result.amount})", [0.0, *values], label=round_money, most=5)
    chart = Chart(frame.axis, axis, width=frame.width, height=frame.height, margins=frame.margins)
    chart.level(0.0, "rule")
    for policy, marks in _drawn_last_first(lines):
        chart.line(marks, kind_of(policy))
    for number, period in enumerate(result.periods):
        told = "; ".join(f"{policy} {money(marks[number + 1].y)}" for policy, marks in lines.items())
        chart.strip(period.after.toordinal(), period.to.toordinal(), f"Up to {day(period.to)}: {told}")
    chart.ends([_end(policy, f"{policy} {money(marks[-1].y)}", marks) for policy, marks in lines.items()])
    return chart.svg(description)


def _last_sum(marks: Sequence[Mark], baseline: PolicyResult | None) -> str:
    text = money(marks[-1].y)
    return signed(text) if baseline else text


def _sums(policy: PolicyResult, baseline: PolicyResult | None, result: ReplayResult) -> list[Mark]:
    """From nought at the first date; a period that either cannot be judged on adds nothing."""
    theirs = {one.period: one.figures for one in baseline.periods} if baseline else {}
    mine = {one.period: one.figures for one in policy.periods}
    gains = [_gain(mine.get(period.number), theirs.get(period.number), baseline) for period in result.periods]
    days = [result.first, *(period.to for period in result.periods)]
    totals = accumulate(gains, initial=0.0)
    return [Mark(place.toordinal(), total) for place, total in zip(days, totals, strict=True)]


def _gain(mine: Figures | None, theirs: Figures | None, baseline: PolicyResult | None) -> float:
    if mine is None:
        return 0.0
    if baseline is None:
        return mine.profit
    return mine.profit - theirs.profit if theirs else 0.0


def _marks(measure: _Measure, policy: PolicyResult, periods: dict[int, Period]) -> list[Mark]:
    return [
        Mark(_middle(periods[one.period]), measure.read(one.figures) if one.figures else None) for one in policy.periods
    ]


def _middle(period: Period) -> float:
    return (period.after.toordinal() + period.to.toordinal()) / 2


def _told(measure: _Measure, result: ReplayResult, period: Period) -> str:
    figures = {
        policy.policy: next((one.figures for one in policy.periods if one.period == period.number), None)
        for policy in result.policies
    }
    values = [f"{policy} {measure.write(measure.read(one))}" for policy, one in figures.items() if one]
    book = f"{count(period.rows)} applicants, {count(period.bads)} bad"
    span = f"After {day(period.after)} to {day(period.to)}: {book}"
    if not is_judged(period) or not values:
        return f"{span}; not judged"
    return f"{span}; {measure.name} {', '.join(values)}"


def _dotted(marks: Sequence[Mark]) -> list[Mark]:
    """All of a few; of many, those that no line joins to another."""
    if len(marks) <= _MOST_DOTS:
        return list(marks)
    around = [None, *marks, None]
    return [
        mark
        for before, mark, after in zip(around, marks, around[2:], strict=False)
        if not (before and before.is_known()) and not (after and after.is_known())
    ]


def _drawn_last_first(lines: dict[str, list[Mark]]) -> list[tuple[str, list[Mark]]]:
    """The restless line first, so that it hides no other."""
    return sorted(lines.items(), key=lambda entry: _LAST.index(entry[0]) if entry[0] in _LAST else -1)


def _newest(marks: Sequence[Mark]) -> Mark | None:
    return next((mark for mark in reversed(marks) if mark.is_known()), None)


def _end(policy: str, text: str, marks: Sequence[Mark]) -> EndLabel:
    newest = _newest(marks) or marks[-1]
    return EndLabel(x=newest.x, y=newest.y or 0.0, text=text, kind=kind_of(policy))
