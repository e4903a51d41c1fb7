"""Hyperparameters of many trials on parallel axes, a line each: drawn in the browser, where axes can be brushed."""

from collections.abc import Sequence
from typing import Any, Final

from nicegui import ui

from kingmaker.domain.trial import Trial
from kingmaker.interfaces.report.wording import number
from kingmaker.interfaces.web_ui.parts.elements import paragraph
from kingmaker.interfaces.web_ui.run_parts.wide import wide
from kingmaker.interfaces.web_ui.texts.catalogue import Texts

MOST_LINES: Final = 200
_DECADES: Final = 30.0
"""A positive hyperparameter that spans more than that is drawn on a logarithmic axis, as it was searched."""
_WORSE, _BETTER = "#8fa9c9", "#c8460b"
_RESULTS: Final = ("auc_holdout", "auc_selection", "utility")

Chosen = int | float | str | bool | None


def parallel(t: Texts, learner: str, trials: Sequence[Trial]) -> bool:
    """The choices of the learner's trials, best first, and what came of them. False for fewer than two fitted to the end."""
    shown = [one for one in trials if all(getattr(one, name) is not None for name in _RESULTS)][:MOST_LINES]
    if len(shown) < 2:
        return False
    chosen = {name: [one.spec.hyperparameters.get(name) for one in shown] for name in _names(shown)}
    differing = {name: values for name, values in chosen.items() if len(set(values)) > 1}
    results = {t(f"run.trials.column.{name}"): [getattr(one, name) for one in shown] for name in _RESULTS}
    with wide(t("run.trials.choices_of", learner=learner)):
        made = ui.echart(_options(differing | results), renderer="svg").classes("km-run-parallel")
    made.props("role=img")
    made.props["aria-label"] = t("run.trials.parallel_told", count=len(shown))
    paragraph(t("run.trials.parallel_hint", count=len(shown), learner=learner), quiet=True)
    same = ", ".join(f"{name} = {_told(values[0])}" for name, values in chosen.items() if name not in differing)
    if same:
        paragraph(t("run.trials.same", choices=same), quiet=True)
    return True


def _names(trials: Sequence[Trial]) -> list[str]:
    return sorted({name for one in trials for name in one.spec.hyperparameters})


def _told(value: Chosen) -> str:
    return number(value) if isinstance(value, float) else str(value)


def _options(columns: dict[str, list[Chosen]]) -> dict[str, Any]:
    """What the chart is made of: an axis a column, the last of which colours the lines."""
    colouring = [float(value or 0.0) for value in list(columns.values())[-1]]
    return {
        "animation": False,
        "parallel": {"left": 48, "right": 48, "top": 36, "bottom": 20},
        "parallelAxis": [
            {"dim": place, "nameTruncate": {"maxWidth": 110}, **_axis(name, values)}
            for place, (name, values) in enumerate(columns.items())
        ],
        "visualMap": {
            "show": False,
            "dimension": len(columns) - 1,
            "min": min(colouring),
            "max": max(colouring),
            "inRange": {"color": [_WORSE, _BETTER]},
        },
        "series": {
            "type": "parallel",
            "lineStyle": {"width": 1.8, "opacity": 0.6},
            "data": [[_place(value) for value in line] for line in zip(*columns.values(), strict=True)],
        },
    }


def _place(value: Chosen) -> int | float | str:
    """A dash for a choice that the trial did not have."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value)
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _axis(name: str, values: Sequence[Chosen]) -> dict[str, Any]:
    known = [value for value in values if value is not None]
    numbers = [float(value) for value in known if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) < len(known):
        return {"name": name, "type": "category", "data": sorted({str(value) for value in known})}
    if min(numbers) > 0 and max(numbers) / min(numbers) > _DECADES:
        return {"name": name, "type": "log"}
    return {"name": name, "type": "value", "scale": True}
