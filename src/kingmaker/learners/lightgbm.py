"""Gradient boosted trees by LightGBM: leaf-wise growth in double, one thread, native file in LightGBM's text format."""

import lightgbm

from kingmaker.domain.trial import Hyperparameters
from kingmaker.learners.canonical import canonical
from kingmaker.learners.lightgbm_model import LightGBMFitted
from kingmaker.learners.stopping import HoldoutWatch
from kingmaker.ports.learner import FitTask, Pruner, Rows, Suggest

PATIENCE = 40
"""Rounds without a better holdout AUC after which a fit stops."""


class LightGBMLearner:
    """See `kingmaker.ports.learner.Learner`."""

    name = "lightgbm"
    recipe = "plain"
    complexity = 2
    native_suffix = ".txt"
    can_focal = False

    def suggest(self, suggest: Suggest) -> Hyperparameters:
        """Few leaves with many rows each; `bagging_fraction` draws rows anew for every tree."""
        return {
            "rounds": 600,
            "learning_rate": suggest.suggest_float("learning_rate", 0.03, 0.2, log=True),
            "num_leaves": suggest.suggest_int("num_leaves", 4, 64, log=True),
            "min_data_in_leaf": suggest.suggest_int("min_data_in_leaf", 20, 500, log=True),
            "min_sum_hessian_in_leaf": 1.0,
            "bagging_fraction": suggest.suggest_float("bagging_fraction", 0.6, 1.0),
            "feature_fraction": suggest.suggest_float("feature_fraction", 0.4, 1.0),
            "lambda_l2": suggest.suggest_float("lambda_l2", 0.1, 30.0, log=True),
            "max_bin": 255,
        }

    def default(self) -> Hyperparameters:
        return {
            "rounds": 600,
            "learning_rate": 0.08,
            "num_leaves": 15,
            "min_data_in_leaf": 100,
            "min_sum_hessian_in_leaf": 1.0,
            "bagging_fraction": 0.8,
            "feature_fraction": 0.8,
            "lambda_l2": 3.0,
            "max_bin": 255,
        }

    def fit(self, task: FitTask, prune: Pruner) -> LightGBMFitted:
        """Boost until the holdout AUC stops rising, and keep the best rounds; or exactly `task.rounds`."""
        sorted_by_name = canonical(task, default=self.default())
        task, names = sorted_by_name.task, [f"output_{index}" for index in sorted_by_name.order]
        parameters = _parameters(task)
        fitting = _dataset(task.fitting, names, parameters)
        watch = HoldoutWatch(prune, patience=PATIENCE)
        stops_early = task.rounds is None and len(task.holdout.bad) > 0
        booster = lightgbm.train(
            parameters,
            fitting,
            task.rounds or int(task.hyperparameters["rounds"]),
            valid_sets=[_dataset(task.holdout, names, parameters, fitting)] if stops_early else [],
            valid_names=["holdout"] if stops_early else [],
            callbacks=[_AskWatch(watch)] if stops_early else [],
        )
        kept = watch.best_rounds if stops_early else -1
        return LightGBMFitted.read(booster.model_to_string(num_iteration=kept).encode())

    def from_bytes(self, data: bytes) -> LightGBMFitted:
        return LightGBMFitted.read(data)


class _AskWatch:
    """A LightGBM callback: called after every round."""

    order = 30
    before_iteration = False

    def __init__(self, watch: HoldoutWatch) -> None:
        self._watch = watch

    def __call__(self, moment: lightgbm.callback.CallbackEnv) -> None:
        auc = float(moment.evaluation_result_list[0][2])
        if self._watch.is_enough(moment.iteration + 1, auc):
            raise lightgbm.callback.EarlyStopException(self._watch.best_rounds - 1, moment.evaluation_result_list)


def _dataset(
    rows: Rows, names: list[str], parameters: dict[str, object], reference: lightgbm.Dataset | None = None
) -> lightgbm.Dataset:
    return lightgbm.Dataset(
        rows.values, label=rows.bad, weight=rows.weight, feature_name=names, params=parameters, reference=reference
    )


def _parameters(task: FitTask) -> dict[str, object]:
    chosen = {key: value for key, value in task.hyperparameters.items() if key != "rounds"}
    return {
        **chosen,
        "objective": "binary",
        "metric": "auc",
        "bagging_freq": 1,
        "monotone_constraints": list(task.monotone) if any(task.monotone) else None,
        "monotone_constraints_method": "intermediate",
        # Bins are cut from every row: a missing value that sampling overlooks would be read as 0 for ever after.
        "bin_construct_sample_cnt": max(len(task.fitting.bad), 1),
        "feature_pre_filter": False,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "seed": task.seed,
        "verbosity": -1,
    }
