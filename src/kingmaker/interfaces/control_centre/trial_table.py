"""Trials as one table in CSV: a row each, a column for each hyperparameter that any of them has."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from kingmaker.domain.trial import Trial

_MEASURES: Final = (
    "utility",
    "auc_train",
    "auc_holdout",
    "auc_selection",
    "overfit",
    "rounds",
    "features",
    "seconds",
    "started_at",
)


def csv_of(trials: Sequence[Trial]) -> str:
    """In the order given; what is not known is left empty."""
    chosen = sorted({name for trial in trials for name in trial.spec.hyperparameters})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["number", "learner", "recipe", "imbalance", "denoising", "seed", "end", *_MEASURES, *chosen])
    for trial in trials:
        spec = trial.spec
        measured = [getattr(trial, name) for name in _MEASURES]
        writer.writerow(
            [
                spec.number,
                spec.learner,
                spec.recipe,
                spec.imbalance.value,
                spec.denoising.value,
                spec.seed,
                trial.end.value,
                *measured,
                *(spec.hyperparameters.get(name) for name in chosen),
            ]
        )
    return out.getvalue()
