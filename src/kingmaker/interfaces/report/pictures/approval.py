"""What each approval rate lets in and turns away."""

from collections.abc import Callable

from kingmaker.domain.evidence import ApprovalPoint, Evidence
from kingmaker.interfaces.report.drawing.chart import Chart, Mark
from kingmaker.interfaces.report.drawing.figure import CHALLENGER, Figure
from kingmaker.interfaces.report.drawing.scale import Axis, number_axis
from kingmaker.interfaces.report.pictures.models import Model, keys_of, models_of
from kingmaker.interfaces.report.wording import percent, percentage_points, rate, signed

_HEIGHT = 340.0
_LOWEST = 0.05
"""Below five per cent approved, bad rates are mostly chance."""


def bad_rate_figure(evidence: Evidence) -> Figure:
    """The bad rate among the approved at every approval rate, both cuts marked."""
    models = models_of(evidence)
    return _curves(models, lambda point: point.bad_rate, "bad rate among the approved")


def false_kill_figure(evidence: Evidence) -> Figure:
    """How much less false kill the challenger has at every approval rate; the curve itself for one model alone.

    Two curves of false kill lie on top of each other on any page: their difference is what decides.
    """
    challenger, champion = evidence.challenger, evidence.champion
    if challenger is None or champion is None:
        return _curves(models_of(evidence), lambda point: point.false_kill, "false kill (good customers rejected)")
    theirs = {round(point.approval_rate, 4): point for point in champion.approval}
    both = [(point, theirs[at]) for point in challenger.approval if (at := round(point.approval_rate, 4)) in theirs]
    marks = [_saved(mine, other) for mine, other in both if mine.approval_rate >= _LOWEST]
    cut = challenger.at_cut
    at_cut = _saved(cut, champion.at_cut)
    values = [0.0, *(mark.y for mark in marks)]
    axis = number_axis("false kill, champion minus challenger (percentage points)", values)
    chart = Chart(_approval_axis(), axis, height=_HEIGHT)
    chart.level(0.0, "rule")
    chart.upright(cut.approval_rate, f"rule {CHALLENGER.kind}")
    chart.line(marks, CHALLENGER.kind)
    chart.dots([at_cut], CHALLENGER.kind, radius=5)
    said = f"false kill {rate(champion.at_cut.false_kill)} \u2192 {rate(cut.false_kill)} at the cut"
    return Figure(
        title=f"Good customers no longer turned away: {said}",
        drawing=chart.svg(f"False kill saved by the challenger at every approval rate; {said}."),
        note="Above nought the challenger turns fewer good customers away than the champion at the same approval rate.",
    )


def _curves(models: tuple[Model, ...], read: Callable[[ApprovalPoint], float], quantity: str) -> Figure:
    points = [(key, [point for point in model.approval if point.approval_rate >= _LOWEST]) for key, model in models]
    values = [read(point) for _, judged in points for point in judged]
    chart = Chart(_approval_axis(), number_axis(quantity, values, label=percent, zero=True), height=_HEIGHT)
    for key, judged in points:
        chart.line([Mark(point.approval_rate, read(point), _told(point)) for point in judged], key.kind)
    for key, model in models:
        chart.upright(model.at_cut.approval_rate, f"rule {key.kind}")
        chart.dots([Mark(model.at_cut.approval_rate, read(model.at_cut), _told(model.at_cut))], key.kind, radius=5)
    said = " \u2192 ".join(rate(read(model.at_cut)) for _, model in models)
    title = f"{quantity[0].upper()}{quantity[1:]} at the cut: {said}"
    return Figure(title=title, drawing=chart.svg(f"{title}. Curves by approval rate."), keys=keys_of(models))


def _approval_axis() -> Axis:
    return number_axis("approval rate", (0, 1), label=percent)


def _saved(mine: ApprovalPoint, theirs: ApprovalPoint) -> Mark:
    saved = theirs.false_kill - mine.false_kill
    return Mark(
        mine.approval_rate, saved * 100, f"{rate(mine.approval_rate)} approved: {signed(percentage_points(saved))}"
    )


def _told(point: ApprovalPoint) -> str:
    return (
        f"{rate(point.approval_rate)} approved: bad rate {rate(point.bad_rate)}, "
        f"false kill {rate(point.false_kill)}, {rate(point.caught)} of the bads caught"
    )
