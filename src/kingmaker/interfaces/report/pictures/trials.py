"""The search at a glance: how well each trial carries over to newer loans."""

from kingmaker.domain.trial import Trial
from kingmaker.interfaces.report.drawing.chart import Chart, Mark
from kingmaker.interfaces.report.drawing.figure import Figure, Key
from kingmaker.interfaces.report.drawing.scale import number_axis
from kingmaker.interfaces.report.wording import area

_OTHERS = Key(kind="champion", name="other trials")
_CHOSEN = Key(kind="challenger", name="the challenger\u2019s trial")


def search_figure(trials: tuple[Trial, ...], chosen: Trial | None) -> Figure | None:
    """Holdout against selection AUC of every fitted trial; None when fewer than two were fitted."""
    places = [
        (trial, _mark(trial)) for trial in trials if trial.auc_holdout is not None and trial.auc_selection is not None
    ]
    if len(places) < 2:
        return None
    chart = Chart(
        number_axis("AUC on held-out customers of the train window", [mark.x for _, mark in places]),
        number_axis("AUC on the selection window (newer loans)", [mark.y for _, mark in places]),
        height=300,
    )
    low, high = max(chart.x.low, chart.y.low), min(chart.x.high, chart.y.high)
    if low < high:
        chart.segment((low, low), (high, high), "rule faint")
    chart.dots([mark for trial, mark in places if trial is not chosen], _OTHERS.kind)
    chart.dots([mark for trial, mark in places if trial is chosen], _CHOSEN.kind, radius=5)
    title = f"{len(places)} trials: the further below the diagonal, the less of what was learnt holds on newer loans"
    return Figure(
        title=title,
        drawing=chart.svg(title),
        keys=(_OTHERS, _CHOSEN) if chosen else (_OTHERS,),
    )


def _mark(trial: Trial) -> Mark:
    aucs = f"holdout {area(trial.auc_holdout)}, selection {area(trial.auc_selection)}"
    told = f"trial {trial.spec.number}, {trial.spec.learner}: {aucs}"
    return Mark(trial.auc_holdout or 0.0, trial.auc_selection, told)
