"""Pictures of a run's loans, columns and learning, drawn with the report's pens."""

from collections.abc import Sequence

from kingmaker.domain.snapshot import Window
from kingmaker.domain.trial import Trial
from kingmaker.interfaces.report.drawing.chart import Chart, EndLabel, Margins, Mark
from kingmaker.interfaces.report.drawing.figure import OBSERVED, Figure, Key
from kingmaker.interfaces.report.drawing.rows import Bar, Point, Row, rows_chart
from kingmaker.interfaces.report.drawing.scale import number_axis, time_axis
from kingmaker.interfaces.report.wording import area, count, fine, number, percent, rate
from kingmaker.interfaces.web_ui.texts.catalogue import Texts
from kingmaker.loop.column_records import ColumnBin, MonthCount, Spread

_KINDS = {Window.TEST: "challenger", Window.RECENT: "share"}
_HALF_MONTH = 13
MOST_LEVELS = 24
"""Levels of a category that are drawn; the table has them all."""
_WIDE, _NARROW = 1130.0, 360.0
"""One picture across the page, and three beside one another."""


def months_figure(t: Texts, months: Sequence[MonthCount]) -> Figure | None:
    """Loans by month of application, coloured by window; None without dates."""
    if not months:
        return None
    tallest = [one.rows for one in months]
    x = time_axis(t("run.data.month"), months[0].month, months[-1].month)
    chart = Chart(x, number_axis(t("run.data.loans"), tallest, label=count, zero=True), width=_WIDE, height=220)
    for one in months:
        told = f"{one.month:%Y-%m}, {one.window}: {count(one.rows)}"
        told += "" if one.bads is None else f", {rate(one.bads / one.rows)} {t('run.data.bad')}"
        middle = one.month.toordinal() + _HALF_MONTH
        chart.bars([Mark(middle, one.rows, told)], _KINDS.get(one.window, "champion"), half_width=_HALF_MONTH)
    return Figure(title=t("run.data.by_month"), drawing=chart.svg(t("run.data.by_month")))


def bad_rates_figure(t: Texts, months: Sequence[MonthCount]) -> Figure | None:
    """The share of bad loans by month, where it is known; a month that two windows share is one point."""
    rows: dict[object, tuple[int, int]] = {}
    known = [one for one in months if one.bads is not None]
    for one in known:
        before = rows.get(one.month, (0, 0))
        rows[one.month] = before[0] + one.rows, before[1] + (one.bads or 0)
    if len(rows) < 2:
        return None
    marks = [
        Mark(month.toordinal() + _HALF_MONTH, bads / total, f"{month:%Y-%m}: {rate(bads / total)}")  # type: ignore[attr-defined]
        for month, (total, bads) in rows.items()
    ]
    x = time_axis(t("run.data.month"), months[0].month, months[-1].month)
    y = number_axis(t("run.data.bad_rate"), [mark.y for mark in marks], label=percent, zero=True)
    chart = Chart(x, y, width=_WIDE, height=220)
    chart.line(marks, "observed")
    return Figure(title=t("run.data.bad_rate_by_month"), drawing=chart.svg(t("run.data.bad_rate_by_month")))


def spread_figure(t: Texts, title: str, spread: Spread) -> Figure | None:
    """A histogram between the outermost half per cents; None for a column without any number."""
    if not spread.counts:
        return None
    total = max(1, spread.rows)
    x = number_axis(t("run.recipe.value"), spread.edges, label=number, most=4)
    shares = [one / total for one in spread.counts]
    chart = Chart(
        x, number_axis(t("run.recipe.share"), shares, label=percent, zero=True, most=5), width=_NARROW, height=230
    )
    half = (spread.edges[1] - spread.edges[0]) / 2
    for place, share in enumerate(shares):
        low, high = spread.edges[place], spread.edges[place + 1]
        told = f"{number(low)} \u2013 {number(high)}: {count(spread.counts[place])}, {rate(share)}"
        chart.bars([Mark((low + high) / 2, share, told)], "champion", half_width=half)
    beyond = spread.below + spread.above
    note = t("run.recipe.beyond", count=count(beyond), share=rate(beyond / total)) if beyond else ""
    return Figure(title=title, drawing=chart.svg(title), note=note)


def bins_figure(t: Texts, bins: Sequence[ColumnBin]) -> Figure:
    """Share of the loans and bad rate of each bin."""
    shown = bins[:MOST_LEVELS]
    total = sum(one.rows for one in bins) or 1
    axis = number_axis(t("run.data.bad_rate"), [one.bad_rate for one in shown], label=percent, zero=True, most=5)
    largest = max((one.rows for one in shown), default=1) or 1
    rows = tuple(
        Row(
            name=one.label,
            bars=(Bar(start=0.0, end=axis.high * one.rows / largest, kind="share", told=_told(one, total)),),
            points=(Point(at=one.bad_rate, kind="observed", told=_told(one, total)),)
            if one.bad_rate is not None
            else (),
        )
        for one in shown
    )
    title = t("run.recipe.bad_rate_by_bin")
    share = Key(kind="share", name=t("run.recipe.share_key"))
    note = t("run.recipe.most_levels", shown=len(shown), total=len(bins)) if len(shown) < len(bins) else ""
    drawing = rows_chart(rows, axis, title, width=_NARROW, longest=18)
    return Figure(title=title, drawing=drawing, keys=(OBSERVED, share), note=note)


def woe_figure(t: Texts, bins: Sequence[ColumnBin]) -> Figure | None:
    """What each bin becomes, around nought; None where it becomes no one number."""
    shown = [one for one in bins[:MOST_LEVELS] if one.value is not None]
    if not shown:
        return None
    axis = number_axis(t("run.recipe.woe_axis"), [0.0, *(one.value for one in shown)], most=5)
    rows = tuple(
        Row(
            name=one.label,
            bars=(
                Bar(
                    start=min(0.0, one.value or 0.0),
                    end=max(0.0, one.value or 0.0),
                    kind="champion" if (one.value or 0.0) >= 0 else "challenger",
                    told=f"{one.label}: {fine(one.value)}",
                ),
            ),
        )
        for one in shown
    )
    title = t("run.recipe.woe_by_bin")
    return Figure(title=title, drawing=rows_chart(rows, axis, title, width=_NARROW, longest=18))


def curves_figure(t: Texts, trials: Sequence[Trial]) -> Figure | None:
    """Area under the curve on the held-out customers by rounds; None where no trial tells of its rungs."""
    shown = [trial for trial in trials if len(trial.curve) > 1]
    if not shown:
        return None
    points = [point for trial in shown for point in trial.curve]
    x = number_axis(t("run.trials.rounds"), [rounds for rounds, _ in points], label=count, zero=True)
    y = number_axis(t("run.trials.auc_holdout_long"), [auc for _, auc in points])
    chart = Chart(x, y, height=300, margins=Margins(left=46, right=74))
    for place, trial in enumerate(shown):
        marks = [Mark(rounds, auc, f"{trial.spec.number}: {count(rounds)}, {area(auc)}") for rounds, auc in trial.curve]
        kind = "challenger" if place == 0 else "champion"
        chart.line(marks, f"{kind} thin" if place else kind)
        chart.dots(marks, kind, radius=2.2)
    ends = [
        EndLabel(
            x=trial.curve[-1][0],
            y=trial.curve[-1][1],
            text=t("run.trials.trial", number=trial.spec.number),
            kind="" if place else "challenger",
        )
        for place, trial in enumerate(shown)
    ]
    chart.ends(ends)
    title = t("run.trials.curves_title", count=len(shown))
    return Figure(title=title, drawing=chart.svg(title))


def _told(one: ColumnBin, total: int) -> str:
    return f"{one.label}: {count(one.rows)} ({rate(one.rows / total)}), {rate(one.bad_rate)}"
