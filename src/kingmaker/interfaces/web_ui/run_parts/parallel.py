"""Hyperparameters of many trials on parallel axes, a line each: drawn in the browser, where axes can be brushed."""

from collections.abc import Sequence
from typing import Any, Final

from nicegui import ui

from kingmaker.domain.trial import Trial
from kingmaker.interfaces.web_ui.texts.catalogue import Texts

MOST_LINES: Final = 200
_DECADES: Final = 30.0
"""A positive hyperparameter that spans more than that is drawn on a logarithmic axis, as it was searched."""
_WORSE, _BETTER = "#8fa9c9", "#c8460b"


def parallel(t: Texts, trials: Sequence[Trial]) -> ui.element | None:
    """The trials' choices and what came of them; None for fewer than two trials that were fitted to the end."""
    shown = [trial for trial in trials if trial.utility is not None and trial.auc_holdout is not None][:MOST_LINES]
    if len(shown) < 2:
        return None
    names = sorted({name for one in shown for name in one.spec.hyperparameters})
    axes = [_axis(name, [one.spec.hyperparameters.get(name) for one in shown]) for name in names]
    axes += [_axis(t("run.trials.column.auc_holdout"), [one.auc_holdout for one in shown])]
    axes += [_axis(t("run.trials.column.auc_selection"), [one.auc_selection for one in shown])]
    axes += [_axis(t("run.trials.column.utility"), [one.utility for one in shown])]
    lines = [_line(names, one) for one in shown]
    utilities = [one.utility or 0.0 for one in shown]
    last = len(axes) - 1
    made = ui.echart(
        {
            "animation": False,
            "parallel": {"left": 40, "right": 90, "top": 40, "bottom": 24},
            "parallelAxis": [{"dim": place, **axis} for place, axis in enumerate(axes)],
            "visualMap": {
                "show": False,
                "dimension": last,
                "min": min(utilities),
                "max": max(utilities) or 1e-9,
                "inRange": {"color": [_WORSE, _BETTER]},
            },
            "series": {"type": "parallel", "lineStyle": {"width": 1.6, "opacity": 0.55}, "data": lines},
        },
        renderer="svg",
    ).classes("km-run-parallel")
    made.props("role=img")
    made.props["aria-label"] = t("run.trials.parallel_told", count=len(shown))
    return made


def _line(names: Sequence[str], trial: Trial) -> list[Any]:
    """A dash for a choice that the trial did not have."""
    chosen = [trial.spec.hyperparameters.get(name) for name in names]
    told: list[Any] = [str(value) if isinstance(value, bool) else value for value in chosen]
    told += [trial.auc_holdout, trial.auc_selection, trial.utility]
    return ["-" if value is None else round(value, 6) if isinstance(value, float) else value for value in told]


def _axis(name: str, values: Sequence[object]) -> dict[str, Any]:
    known = [value for value in values if value is not None]
    numbers = [float(value) for value in known if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) < len(known) or not numbers:
        return {"name": name, "type": "category", "data": sorted({str(value) for value in known})}
    if min(numbers) > 0 and max(numbers) / min(numbers) > _DECADES:
        return {"name": name, "type": "log"}
    return {"name": name, "type": "value", "scale": True}
