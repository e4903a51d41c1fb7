"""What the model looks at: how much each raw column moves the margin, and in which direction."""

from markupsafe import Markup, escape

from kingmaker.domain.evidence import EffectPoint, FeatureEvidence
from kingmaker.interfaces.report.drawing.figure import OBSERVED, Figure, Key
from kingmaker.interfaces.report.drawing.rows import Bar, Point, Row, rows_chart
from kingmaker.interfaces.report.drawing.scale import number_axis
from kingmaker.interfaces.report.wording import percent, rate

MOST_IMPORTANCES, MOST_EFFECTS = 15, 8
PREDICTED = Key(kind="challenger", name="mean predicted pd")
SHARE = Key(kind="share", name="share of rows (widest bar: largest share)")


def ranked(features: tuple[FeatureEvidence, ...]) -> list[FeatureEvidence]:
    """Most important first; equals by name."""
    return sorted(features, key=lambda feature: (-feature.importance, feature.name))


def importance_figure(features: tuple[FeatureEvidence, ...]) -> Figure:
    """The columns that move the margin most."""
    shown = ranked(features)[:MOST_IMPORTANCES]
    rows = tuple(
        Row(
            name=feature.name,
            bars=(Bar(start=0.0, end=feature.importance, kind="challenger", told=_importance(feature)),),
            value=rate(feature.importance),
        )
        for feature in shown
    )
    axis = number_axis(
        "share of all mean absolute contributions",
        [feature.importance for feature in shown],
        label=percent,
        zero=True,
        most=5,
    )
    first = ranked(features)[: min(3, len(shown))]
    told = (
        f"{', '.join(feature.name for feature in first)}: {rate(sum(feature.importance for feature in first))} together"
    )
    return Figure(
        title=f"The score rests most on {told}",
        drawing=rows_chart(rows, axis, "; ".join(_importance(feature) for feature in shown)),
    )


def effect_figures(features: tuple[FeatureEvidence, ...]) -> tuple[Figure, ...]:
    """One small picture for each of the most important columns that have an effect to show."""
    return tuple(_effect(feature) for feature in ranked(features)[:MOST_EFFECTS] if feature.effect)


def _effect(feature: FeatureEvidence) -> Figure:
    values = [value for point in feature.effect for value in (point.mean_pd, point.bad_rate) if value is not None]
    axis = number_axis("pd and bad rate", values, label=percent, zero=True, most=4)
    largest = max(point.share for point in feature.effect) or 1.0
    rows = tuple(
        Row(
            name=point.label,
            bars=(Bar(start=0.0, end=axis.high * point.share / largest, kind="share", told=_told(point)),),
            points=(
                *(
                    (Point(at=point.bad_rate, kind="observed", told=_told(point)),)
                    if point.bad_rate is not None
                    else ()
                ),
                Point(at=point.mean_pd, kind="challenger", told=_told(point)),
            ),
        )
        for point in feature.effect
    )
    description = f"{feature.name}: " + "; ".join(_told(point) for point in feature.effect)
    return Figure(title=_breakable(feature.name), drawing=rows_chart(rows, axis, description, width=270, longest=14))


def _breakable(name: str) -> Markup:
    """A column's name that may wrap after its underscores."""
    return escape(name).replace("_", Markup("_<wbr>"))


def _importance(feature: FeatureEvidence) -> str:
    return f"{feature.name} {rate(feature.importance)}"


def _told(point: EffectPoint) -> str:
    return f"{point.label}: {rate(point.share)} of rows, pd {rate(point.mean_pd)}, bad rate {rate(point.bad_rate)}"


EFFECT_KEYS = (PREDICTED, OBSERVED, SHARE)
