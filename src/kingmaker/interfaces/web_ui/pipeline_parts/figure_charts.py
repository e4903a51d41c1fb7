"""The figures of each verdict over time: the challenger's, and what the champion had on the same loans."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from kingmaker.interfaces.report.drawing.chart import Chart, Mark
from kingmaker.interfaces.report.drawing.scale import Label, number_axis
from kingmaker.interfaces.report.wording import area, exact_rate, percent, rate
from kingmaker.interfaces.web_ui.pipeline_parts.time_axis import place_of
from kingmaker.interfaces.web_ui.pipeline_parts.time_line import Frame
from kingmaker.interfaces.web_ui.texts.catalogue import Texts
from kingmaker.loop.figure_records import ModelFigures, RunFigures

_HEIGHT: Final = 132.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """`name` is the field of ModelFigures, and the text in the catalogue."""

    name: str
    read: Callable[[ModelFigures], float | None]
    write: Callable[[float | None], str]
    label: Label | None = None


MEASURES: Final = (
    Measure(name="auc", read=lambda one: one.auc, write=area),
    Measure(name="approval_rate", read=lambda one: one.approval_rate, write=rate, label=percent),
    Measure(name="false_kill", read=lambda one: one.false_kill, write=exact_rate, label=percent),
    Measure(name="bad_rate", read=lambda one: one.bad_rate, write=exact_rate, label=percent),
)


def figure_chart(t: Texts, measure: Measure, figures: Sequence[RunFigures], frame: Frame) -> Markup | None:
    """None where no verdict kept the measure."""
    champion = [_mark(t, measure, one, one.champion, "champion") for one in reversed(figures)]
    challenger = [_mark(t, measure, one, one.challenger, "challenger") for one in reversed(figures)]
    known = [mark.y for mark in (*champion, *challenger) if mark.y is not None]
    if not known:
        return None
    title = t(f"pipeline.measure.{measure.name}")
    axis = number_axis(title, _with_room(known), label=measure.label, most=4)
    chart = Chart(frame.axis, axis, width=frame.width, height=_HEIGHT, margins=frame.margins)
    for tick in frame.axis.ticks:
        chart.upright(tick.value, "grid")
    chart.line([mark for mark in champion if mark.y is not None], "champion")
    chart.dots(champion, "champion", radius=3.4)
    chart.dots(challenger, "challenger", radius=3.4)
    newest = next(one for one in figures if one.champion or one.challenger)
    return chart.svg(f"{title}. {_told(t, measure, newest)}")


def _mark(t: Texts, measure: Measure, one: RunFigures, model: ModelFigures | None, kind: str) -> Mark:
    value = measure.read(model) if model else None
    told = f"{t('pipeline.run', number=one.run)}, {t(f'pipeline.{kind}')}: {measure.write(value)}"
    return Mark(place_of(one.recorded_at), value, told)


def _with_room(known: Sequence[float]) -> list[float]:
    """A tenth of their size around them, so that one alone has an axis too; none beyond what a share can be."""
    return [max(0.0, min(known) * 0.9), min(1.0, max(known) * 1.1)]


def _told(t: Texts, measure: Measure, one: RunFigures) -> str:
    said = [
        f"{t(f'pipeline.{kind}')} {measure.write(measure.read(model))}"
        for kind, model in (("champion", one.champion), ("challenger", one.challenger))
        if model is not None
    ]
    return f"{t('pipeline.run', number=one.run)}: {', '.join(said)}."
