"""The explainable boosting machine (Lou et al. 2013): an additive model of step functions, fitted by interpret-core.

It is the mean of a few boosted models, each of which leaves out its own sample of the rows.
"""

import warnings
from collections.abc import Iterator

import numpy as np
from interpret.glassbox import ExplainableBoostingClassifier
from numpy.typing import NDArray

from kingmaker.domain.trial import Hyperparameters
from kingmaker.learners.additive_model import AdditiveFitted
from kingmaker.learners.canonical import Canonical, canonical
from kingmaker.learners.ebm_terms import read_additive, refuse_unless_same
from kingmaker.ports.learner import FitTask, Floats, Pruner, Suggest, TrialPruned
from kingmaker.statistics.discrimination import auc

LEFT_OUT = 0.15
"""Share of the fitting rows that each bag leaves out; without a holdout they stop it early."""


class ExplainableBoostingLearner:
    """See `kingmaker.ports.learner.Learner`.

    Its bags each stop where the holdout's log loss does, so that one number of rounds has no meaning: a refit stops early too,
    on the rows its bags leave out when it is given no holdout. The pruner is asked after every bag but the last.
    """

    name = "ebm"
    recipe = "plain"
    complexity = 1
    native_suffix = ".json"
    can_focal = False

    def suggest(self, suggest: Suggest) -> Hyperparameters:
        """Single columns matter most; up to ten pairs are added where they help. Bins bound how fine a step can be."""
        return {
            "bags": 4,
            "max_rounds": 1000,
            "learning_rate": suggest.suggest_float("learning_rate", 0.02, 0.1, log=True),
            "max_leaves": suggest.suggest_int("max_leaves", 2, 4),
            "max_bins": suggest.suggest_int("max_bins", 32, 512, log=True),
            "min_samples_leaf": suggest.suggest_int("min_samples_leaf", 5, 500, log=True),
            "smoothing_rounds": suggest.suggest_int("smoothing_rounds", 0, 200),
            "interactions": suggest.suggest_int("interactions", 0, 10),
        }

    def default(self) -> Hyperparameters:
        return {
            "bags": 4,
            "max_rounds": 1000,
            "learning_rate": 0.04,
            "max_leaves": 3,
            "max_bins": 256,
            "min_samples_leaf": 20,
            "smoothing_rounds": 75,
            "interactions": 0,
        }

    def fit(self, task: FitTask, prune: Pruner) -> AdditiveFitted:
        """Fit one model a bag, and keep the mean of their step functions."""
        sorted_by_name = canonical(task, default=self.default())
        task = sorted_by_name.task
        models: list[ExplainableBoostingClassifier] = []
        holdout_margin = np.zeros(len(task.holdout.bad))
        bags = int(task.hyperparameters["bags"])
        for model in _fit_bags(task, bags):
            models.append(model)
            if len(holdout_margin) and len(models) < bags:
                holdout_margin += model.decision_function(task.holdout.values)
                if prune(len(models), auc(task.holdout.bad, holdout_margin, task.holdout.weight)):
                    raise TrialPruned
        return _read_checked(models, sorted_by_name)

    def from_bytes(self, data: bytes) -> AdditiveFitted:
        return AdditiveFitted.read(data)


def _fit_bags(task: FitTask, bags: int) -> Iterator[ExplainableBoostingClassifier]:
    values = np.vstack([task.fitting.values, task.holdout.values])
    bad = np.concatenate([task.fitting.bad, task.holdout.bad]).astype(np.int64)
    weight = np.concatenate([task.fitting.weight, _watched_weight(task)])
    pairs: int | list[tuple[int, ...]] = int(task.hyperparameters["interactions"])
    for bag in range(bags):
        model = ExplainableBoostingClassifier(**_parameters(task, bag), interactions=pairs)
        roles = _roles(task, bag)
        with warnings.catch_warnings():
            # Its charts do not show the missing bin; ours are drawn from the term's own numbers.
            warnings.filterwarnings("ignore", message="Missing values detected", category=UserWarning)
            model.fit(values, bad, sample_weight=weight, bags=roles.reshape(-1, 1))
        # The first bag chooses the pairs for all, so that their terms can be averaged.
        pairs = [columns for columns in model.term_features_ if len(columns) > 1] or 0
        yield model


def _watched_weight(task: FitTask) -> Floats:
    """The holdout's weights, with its bads brought to the odds of the fitting rows.

    Log loss, unlike AUC, depends on the odds: a fit whose bads were up-weighted would seem to get worse as it learns.
    """
    fitting, holdout = task.fitting, task.holdout
    if not len(holdout.bad):
        return holdout.weight
    share, watched = (np.average(rows.bad, weights=rows.weight) for rows in (fitting, holdout))
    factor = share * (1 - watched) / (watched * (1 - share))
    return np.where(holdout.bad == 1, holdout.weight * factor, holdout.weight)


def _roles(task: FitTask, bag: int) -> NDArray[np.int8]:
    """What interpret is to do with each row of fitting and holdout: 1 train, -1 watch, 0 leave out."""
    left_out = np.random.default_rng([task.seed, bag]).random(len(task.fitting.bad)) < LEFT_OUT
    has_holdout = len(task.holdout.bad) > 0
    fitting = np.where(left_out, 0 if has_holdout else -1, 1)
    return np.concatenate([fitting, np.full(len(task.holdout.bad), -1)]).astype(np.int8)


def _parameters(task: FitTask, bag: int) -> dict[str, object]:
    chosen = {key: value for key, value in task.hyperparameters.items() if key not in {"bags", "interactions"}}
    columns = len(task.outputs)
    return {
        **chosen,
        "outer_bags": 1,
        "max_interaction_bins": 16,
        "early_stopping_rounds": 50,
        "monotone_constraints": list(task.monotone) if any(task.monotone) else None,
        "feature_names": [f"output_{index}" for index in range(columns)],
        "feature_types": ["continuous"] * columns,
        "n_jobs": 1,
        "random_state": (task.seed + bag) % 2**31,
    }


def _read_checked(models: list[ExplainableBoostingClassifier], sorted_by_name: Canonical) -> AdditiveFitted:
    task, order = sorted_by_name.task, sorted_by_name.order
    fitted = read_additive(models, task.outputs, order, task.fitting)
    rows = _rows_to_compare(task.fitting.values)
    native = np.mean([model.decision_function(rows) for model in models], axis=0)
    back = np.argsort(order)
    refuse_unless_same(native, fitted.margin(np.ascontiguousarray(rows[:, back])))
    return fitted


def _rows_to_compare(values: Floats) -> Floats:
    """Rows of the fit, and one in which everything is missing, lowest and highest."""
    edges = np.array([[np.nan], [-np.inf], [np.inf]]) * np.ones(values.shape[1])
    return np.vstack([values[:5000], edges])
