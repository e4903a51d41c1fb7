"""The scorecard: logistic regression on weights of evidence, every coefficient with the right sign, native file JSON."""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from kingmaker.domain.errors import DataRefused
from kingmaker.domain.trial import Hyperparameters
from kingmaker.learners.canonical import canonical
from kingmaker.learners.scorecard_model import ScorecardFitted
from kingmaker.learners.scorecard_selection import informative_columns
from kingmaker.ports.learner import FitTask, Floats, Pruner, Rows, Suggest

Integers = NDArray[np.int64]


class ScorecardLearner:
    """See `kingmaker.ports.learner.Learner`. It has no rounds, so nothing to prune and nothing to stop early."""

    name = "scorecard"
    recipe = "woe"
    complexity = 0
    native_suffix = ".json"
    can_focal = False

    def suggest(self, suggest: Suggest) -> Hyperparameters:
        """How hard to shrink, and which columns to leave out before anything is fitted.

        `strength` is the L2 penalty for each unit of weight, so it means the same for 10^4 and 10^6 rows. An information
        value below .02 is commonly held to be useless, above .1 to be medium.
        """
        return {
            "strength": suggest.suggest_float("strength", 1e-6, 1e-2, log=True),
            "min_information_value": suggest.suggest_float("min_information_value", 0.0, 0.05),
            "max_correlation": suggest.suggest_float("max_correlation", 0.5, 1.0),
        }

    def default(self) -> Hyperparameters:
        return {"strength": 1e-4, "min_information_value": 0.005, "max_correlation": 0.9}

    def fit(self, task: FitTask, prune: Pruner) -> ScorecardFitted:
        """Leave out weak and collinear columns, then fit; leave out the most wrongly signed column and fit again.

        Values are weights of evidence ln(good share / bad share): the log-odds of bad must fall as one rises. A positive
        coefficient says the opposite of what its column says alone, and no reason code could be given for it.
        """
        del prune
        sorted_by_name = canonical(task, default=self.default())
        task = sorted_by_name.task
        _refuse_missing(task.fitting.values)
        kept = informative_columns(
            task.fitting,
            candidates=np.flatnonzero(np.array(task.monotone) <= 0),
            min_information_value=float(task.hyperparameters["min_information_value"]),
            max_correlation=float(task.hyperparameters["max_correlation"]),
        )
        with threadpool_limits(1):
            intercept, coefficients = _fit_with_right_signs(task.fitting, kept, float(task.hyperparameters["strength"]))
        means = np.average(task.fitting.values, axis=0, weights=task.fitting.weight)
        back = np.argsort(sorted_by_name.order)
        return ScorecardFitted(
            outputs=tuple(task.outputs[index] for index in back),
            intercept=intercept,
            coefficients=coefficients[back],
            means=means[back],
        )

    def from_bytes(self, data: bytes) -> ScorecardFitted:
        return ScorecardFitted.read(data)


def _refuse_missing(values: Floats) -> None:
    if not np.isfinite(values).all():
        raise DataRefused("the scorecard was given missing or infinite values", remedy="Feed it with the `woe` recipe.")


def _fit_with_right_signs(rows: Rows, kept: Integers, strength: float) -> tuple[float, Floats]:
    """Intercept and coefficients [columns], 0 for columns left out and never above 0. Ends after at most columns fits."""
    coefficients = np.zeros(rows.values.shape[1])
    while len(kept):
        intercept, found = _fit_logistic(rows, kept, strength)
        if found.max() <= 0:
            coefficients[kept] = found
            return intercept, coefficients
        kept = np.delete(kept, found.argmax())
    bad_share = np.average(rows.bad, weights=rows.weight)
    return float(np.log(bad_share / (1 - bad_share))), coefficients


def _fit_logistic(rows: Rows, kept: Integers, strength: float) -> tuple[float, Floats]:
    """Minimises mean log loss + strength / 2 * |coefficients|^2 by Newton's method; weight 2 is a row given twice."""
    cost = 1.0 / (strength * rows.weight.sum())
    model = LogisticRegression(C=cost, solver="newton-cholesky", tol=1e-8, max_iter=200)
    model.fit(rows.values[:, kept], rows.bad, sample_weight=rows.weight)
    return float(model.intercept_[0]), np.asarray(model.coef_[0], dtype=np.float64)
