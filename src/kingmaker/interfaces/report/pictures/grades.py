"""Grades: how many applicants stand in each, and how many of them turn bad."""

from itertools import pairwise

from kingmaker.domain.evidence import Evidence, GradeRow
from kingmaker.interfaces.report.drawing.chart import Chart, Mark
from kingmaker.interfaces.report.drawing.figure import Figure
from kingmaker.interfaces.report.drawing.scale import Axis, name_axis, number_axis
from kingmaker.interfaces.report.pictures.models import Model, keys_of, models_of
from kingmaker.interfaces.report.wording import count, percent, rate


def grade_names(evidence: Evidence) -> tuple[str, ...]:
    """The challenger's grades, best first, then any that only the champion has."""
    newest_first = reversed(models_of(evidence))
    return tuple(dict.fromkeys(row.name for _, model in newest_first for row in model.grades))


def shares_figure(evidence: Evidence) -> Figure:
    """The share of loans in each grade."""
    models, names = models_of(evidence), grade_names(evidence)
    values = [row.share for _, model in models for row in model.grades]
    chart = Chart(name_axis("grade, best first", names), _rates("share of loans", values))
    for index, (key, model) in enumerate(models):
        marks = [Mark(names.index(row.name), row.share, _told(row)) for row in model.grades]
        chart.bars(marks, key.kind, **_beside(index, len(models)))
    title = f"How the loans of the {evidence.window} window spread over the grades"
    return Figure(title=title, drawing=chart.svg(f"{title}. {_said(models)}"), keys=keys_of(models))


def bad_rates_figure(evidence: Evidence) -> Figure:
    """The bad rate of each grade with its 95 % interval."""
    models, names = models_of(evidence), grade_names(evidence)
    values = [row.high for _, model in models for row in model.grades]
    chart = Chart(name_axis("grade, best first", names), _rates("bad rate, with 95 % interval", values))
    for index, (key, model) in enumerate(models):
        marks = [Mark(names.index(row.name), row.bad_rate, _told(row), row.low, row.high) for row in model.grades]
        chart.bars(marks, key.kind, **_beside(index, len(models)))
    title = _order_sentence(models)
    return Figure(title=title, drawing=chart.svg(f"{title}. {_said(models)}"), keys=keys_of(models))


def _order_sentence(models: tuple[Model, ...]) -> str:
    rates = [row.bad_rate for row in models[-1][1].grades] if models else []
    rising = all(better < worse for better, worse in pairwise(rates))
    name = models[-1][0].name if models else "model"
    order = "rises with every grade" if rising else "does not rise with every grade"
    return f"The {name}\u2019s bad rate {order}"


def _beside(index: int, models: int) -> dict[str, float]:
    half = 0.36 / models
    return {"half_width": half * 0.92, "shift": (2 * index - models + 1) * half}


def _said(models: tuple[Model, ...]) -> str:
    return " ".join(f"{key.name}: " + "; ".join(_told(row) for row in model.grades) + "." for key, model in models)


def _told(row: GradeRow) -> str:
    return f"{row.name}: {count(row.rows)} rows, {rate(row.share)} of all, bad rate {rate(row.bad_rate)}"


def _rates(title: str, values: list[float]) -> Axis:
    return number_axis(title, values, label=percent, zero=True)
