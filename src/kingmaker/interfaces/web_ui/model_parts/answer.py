"""What the bundle says of one applicant: score, grade, decision, and the way from the average applicant's score to theirs."""

from nicegui import ui

from kingmaker.interfaces.report.drawing.rows import Bar, Row, rows_chart
from kingmaker.interfaces.report.drawing.scale import number_axis
from kingmaker.interfaces.report.wording import MINUS, rate
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, empty, heading, mark, paragraph, text
from kingmaker.loop.model_records import ColumnPoints, Judged

MOST_REASONS, MOST_STEPS = 4, 12


def answer(here: Here, judged: Judged, beyond: list[str]) -> None:
    t = here.t
    with ui.element("div").classes("km-row km-model-answer"):
        with element("span").classes("km-model-score"):
            text(str(judged.score))
        text(t("model.grade", grade=judged.grade))
        text(t("model.pd", pd=rate(judged.pd)))
        if judged.approved:
            mark(t("model.approved"), "good")
        else:
            mark(t("model.declined"), "bad")
    if beyond:
        paragraph(t("model.beyond", columns=", ".join(beyond)), quiet=True)
    if judged.start is None:
        empty(judged.no_reasons)
        return
    heading(t("model.reasons"), 3)
    _reasons(here, judged)
    ui.html(waterfall(here, judged, judged.start), sanitize=False).classes("paper km-model-waterfall")
    paragraph(t("model.waterfall_told", start=f"{judged.start:.0f}"), quiet=True)


def _reasons(here: Here, judged: Judged) -> None:
    """The codes as an endpoint gives them: what cost most, and nothing that cost nothing."""
    lost = sorted((one for one in judged.parts if one.points > 0), key=lambda one: -one.points)[:MOST_REASONS]
    if not lost:
        paragraph(here.t("model.no_reason"), quiet=True)
        return
    with ui.element("ol").classes("km-model-reasons"):
        for one in lost:
            element("li", here.t("model.cost", column=one.column, points=f"{one.points:.1f}"))


def waterfall(here: Here, judged: Judged, start: float) -> str:
    """From the average applicant's score, column by column, to this one's. Columns that moved it most stand first."""
    steps = _steps(here, judged)
    ends = [start]
    rows = [_at(here.t("model.average"), start, f"{start:.0f}")]
    for one in steps:
        ends.append(ends[-1] - one.points)
        rows.append(_step(one, ends[-2], ends[-1]))
    rows.append(_at(here.t("model.score"), judged.exact_score, str(judged.score)))
    axis = number_axis(here.t("model.score"), ends, most=5)
    said = "; ".join(f"{row.name} {row.value}" for row in rows)
    return str(rows_chart(rows, axis, said, width=520, longest=20))


def _at(name: str, score: float, value: str) -> Row:
    return Row(name=name, bars=(Bar(start=score, end=score, kind="km-model-at"),), value=value)


def _step(one: ColumnPoints, before: float, after: float) -> Row:
    kind = "km-model-cost" if one.points > 0 else "km-model-gain"
    said = signed_points(-one.points)
    bar = Bar(start=min(before, after), end=max(before, after), kind=kind, told=f"{one.column}: {said}")
    return Row(name=one.column, bars=(bar,), value=said)


def _steps(here: Here, judged: Judged) -> list[ColumnPoints]:
    ranked = sorted(judged.parts, key=lambda one: (-abs(one.points), one.column))
    shown, rest = ranked[:MOST_STEPS], ranked[MOST_STEPS:]
    if len(rest) <= 1:
        return ranked
    together = sum(one.points for one in rest)
    return [*shown, ColumnPoints(column=here.t("model.others", count=len(rest)), points=together)]


def signed_points(points: float) -> str:
    """What it does to the score, always with its sign."""
    return f"{points:+.1f}".replace("-", MINUS)
