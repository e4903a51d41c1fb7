"""Gradient boosted trees by XGBoost: histogram splits on float32 values, one thread, native file UBJ."""

from collections.abc import Callable

import numpy as np
import xgboost

from kingmaker.domain.trial import Hyperparameters
from kingmaker.learners.canonical import canonical
from kingmaker.learners.focal import focal_slopes
from kingmaker.learners.stopping import HoldoutWatch
from kingmaker.learners.xgboost_model import XGBoostFitted, matrix
from kingmaker.ports.learner import FitTask, Floats, Pruner, Suggest

PATIENCE = 40
"""Rounds without a better holdout AUC after which a fit stops."""

Objective = Callable[[Floats, xgboost.DMatrix], tuple[Floats, Floats]]


class XGBoostLearner:
    """See `kingmaker.ports.learner.Learner`."""

    name = "xgboost"
    recipe = "plain"
    complexity = 2
    native_suffix = ".ubj"
    can_focal = True

    def suggest(self, suggest: Suggest) -> Hyperparameters:
        """Shallow, well regularised trees: credit data of 10^4 to 10^6 rows are noisy and mostly additive.

        `min_child_weight` counts p(1 - p), about a tenth of a row each, so 1 to 100 is some 10 to 1,000 rows a leaf.
        """
        return {
            "rounds": 600,
            "learning_rate": suggest.suggest_float("learning_rate", 0.03, 0.2, log=True),
            "max_depth": suggest.suggest_int("max_depth", 2, 7),
            "min_child_weight": suggest.suggest_float("min_child_weight", 1.0, 100.0, log=True),
            "subsample": suggest.suggest_float("subsample", 0.6, 1.0),
            "colsample_bytree": suggest.suggest_float("colsample_bytree", 0.4, 1.0),
            "reg_lambda": suggest.suggest_float("reg_lambda", 0.1, 30.0, log=True),
            "gamma": suggest.suggest_float("gamma", 0.0, 5.0),
            "max_bin": 256,
        }

    def default(self) -> Hyperparameters:
        return {
            "rounds": 600,
            "learning_rate": 0.08,
            "max_depth": 4,
            "min_child_weight": 10.0,
            "subsample": 0.8,
            "colsample_bytree": 0.8,
            "reg_lambda": 3.0,
            "gamma": 0.0,
            "max_bin": 256,
        }

    def fit(self, task: FitTask, prune: Pruner) -> XGBoostFitted:
        """Boost until the holdout AUC stops rising, and keep the best rounds; or exactly `task.rounds`."""
        sorted_by_name = canonical(task, default=self.default(), can_focal=True)
        task, names = sorted_by_name.task, [f"output_{index}" for index in sorted_by_name.order]
        fitting = matrix(task.fitting.values, names, bad=task.fitting.bad, weight=task.fitting.weight)
        watch = HoldoutWatch(prune, patience=PATIENCE)
        stops_early = task.rounds is None and len(task.holdout.bad) > 0
        holdout = matrix(task.holdout.values, names, bad=task.holdout.bad, weight=task.holdout.weight)
        booster = xgboost.train(
            _parameters(task),
            fitting,
            task.rounds or int(task.hyperparameters["rounds"]),
            obj=_focal_objective(task.focal) if task.focal > 0 else None,
            evals=[(holdout, "holdout")] if stops_early else [],
            callbacks=[_AskWatch(watch)] if stops_early else [],
            verbose_eval=False,
        )
        kept = booster[: watch.best_rounds] if stops_early else booster
        return XGBoostFitted.read(bytes(kept.save_raw("ubj")))

    def from_bytes(self, data: bytes) -> XGBoostFitted:
        return XGBoostFitted.read(data)


class _AskWatch(xgboost.callback.TrainingCallback):  # type: ignore[misc]  # xgboost is untyped here
    def __init__(self, watch: HoldoutWatch) -> None:
        self._watch = watch

    def after_iteration(self, model: xgboost.Booster, epoch: int, evals_log: dict[str, dict[str, list[float]]]) -> bool:
        del model
        return self._watch.is_enough(epoch + 1, evals_log["holdout"]["auc"][-1])


def _parameters(task: FitTask) -> dict[str, object]:
    chosen = {key: value for key, value in task.hyperparameters.items() if key != "rounds"}
    bad, weight = task.fitting.bad, task.fitting.weight
    return {
        **chosen,
        "objective": "binary:logistic",
        # A custom objective sees the margin; starting it from 0 leaves nothing for the library to convert.
        "base_score": 0.5 if task.focal > 0 else float(np.average(bad, weights=weight)),
        "tree_method": "hist",
        "eval_metric": "auc",
        "monotone_constraints": task.monotone,
        "nthread": 1,
        "seed": task.seed,
        "verbosity": 0,
    }


def _focal_objective(gamma: float) -> Objective:
    def objective(margin: Floats, rows: xgboost.DMatrix) -> tuple[Floats, Floats]:
        slope, bend = focal_slopes(margin.astype(np.float64), rows.get_label().astype(np.float64), gamma)
        weight = rows.get_weight()
        return slope * weight, bend * weight

    return objective
