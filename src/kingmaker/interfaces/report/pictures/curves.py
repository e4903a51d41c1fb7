"""Discrimination: the ROC curve."""

from kingmaker.domain.evidence import CurvePoint, Evidence, ModelEvidence
from kingmaker.interfaces.report.drawing.chart import Chart, Mark
from kingmaker.interfaces.report.drawing.figure import Figure
from kingmaker.interfaces.report.drawing.scale import number_axis
from kingmaker.interfaces.report.pictures.models import keys_of, models_of
from kingmaker.interfaces.report.wording import area, percent


def roc_figure(evidence: Evidence) -> Figure:
    """ROC curves with the widest gap between bads and goods (KS) marked."""
    models = models_of(evidence)
    chart = Chart(
        number_axis("goods rejected (share of all goods)", (0, 1), label=percent),
        number_axis("bads rejected (share of all bads)", (0, 1), label=percent),
        height=340,
    )
    chart.segment((0, 0), (1, 1), "rule faint")
    for key, model in models:
        chart.line([Mark(point.x, point.y) for point in model.roc], key.kind)
    for index, (key, model) in enumerate(models):
        _mark_ks(chart, key.kind, model, 0.16 - 0.08 * index)
    aucs, widest = (" \u2192 ".join(area(value) for value in values) for values in zip(
        *((model.auc, model.ks) for _, model in models), strict=True))  # fmt: skip
    title = f"Ranking of the {evidence.window} window: AUC {aucs}, KS {widest}"
    return Figure(title=title, drawing=chart.svg(f"ROC curves. {title}."), keys=keys_of(models))


def _mark_ks(chart: Chart, kind: str, model: ModelEvidence, height: float) -> None:
    if not model.roc:
        return
    widest: CurvePoint = max(model.roc, key=lambda point: point.y - point.x)
    chart.segment((widest.x, widest.x), (widest.x, widest.y), f"rule {kind}")
    chart.dots([Mark(widest.x, widest.y, f"KS {area(model.ks)}")], kind)
    chart.note((0.98, height), f"KS {area(model.ks)}", kind=kind, shift=(-1, 0))
