"""Learners that go wrong, each in one way; named in declarations as `tests.loop.odd_learners:Name`."""

# ruff: noqa: ARG002 - the port names the arguments

import ctypes
import os
import signal

import numpy as np

from kingmaker.domain.trial import Hyperparameters
from kingmaker.learners.scorecard import ScorecardLearner
from kingmaker.ports.learner import FitTask, Fitted, Pruner, Suggest, TrialPruned


class Odd(ScorecardLearner):
    """A scorecard with one hyperparameter of no meaning."""

    def suggest(self, suggest: Suggest) -> Hyperparameters:
        return {"strength": suggest.suggest_float("strength", 1e-5, 1e-3, log=True)}


class Raising(Odd):
    def fit(self, task: FitTask, prune: Pruner) -> Fitted:
        raise ArithmeticError("the matrix is singular")


class Stuck(Odd):
    def fit(self, task: FitTask, prune: Pruner) -> Fitted:
        ctypes.PyDLL(None).pause()
        raise AssertionError


class Hungry(Odd):
    def fit(self, task: FitTask, prune: Pruner) -> Fitted:
        np.ones(10**12)
        raise AssertionError


class Dying(Odd):
    def fit(self, task: FitTask, prune: Pruner) -> Fitted:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


class Climbing(Odd):
    """Climbs to a holdout AUC that its strength decides; what is hopeless at round 25 may be given up."""

    def fit(self, task: FitTask, prune: Pruner) -> Fitted:
        auc = 0.6 + 100.0 * float(task.hyperparameters["strength"])
        if prune(25, auc):
            raise TrialPruned
        prune(50, auc + 0.01)
        return super().fit(task, prune)
