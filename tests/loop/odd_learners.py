"""Learners that go wrong, each in one way; named in declarations as `tests.loop.odd_learners:Name`."""

# ruff: noqa: ARG002 - the port names the arguments

import ctypes
import os
import signal
from dataclasses import replace

import numpy as np

from kingmaker.domain.trial import Hyperparameters
from kingmaker.learners.scorecard import ScorecardLearner
from kingmaker.ports.learner import FitTask, Fitted, Pruner, Rows, Suggest, TrialPruned


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


MANY = 5_000
"""More rows than there are before the test window of a book of 6,000 loans, and fewer than have matured."""


class Fickle(Odd):
    """Looks at its first column alone as soon as it is given many rows."""

    def fit(self, task: FitTask, prune: Pruner) -> Fitted:
        if len(task.fitting.bad) <= MANY:
            return super().fit(task, prune)
        first = np.arange(task.fitting.values.shape[1]) == 0
        rows = task.fitting
        return super().fit(
            replace(task, fitting=Rows(values=rows.values * first, bad=rows.bad, weight=rows.weight)), prune
        )


class Tired(Odd):
    """Raises as soon as it is given many rows."""

    def fit(self, task: FitTask, prune: Pruner) -> Fitted:
        if len(task.fitting.bad) > MANY:
            raise ArithmeticError("the matrix is singular")
        return super().fit(task, prune)


class Unrepeatable(Odd):
    """Fits trials, and raises as soon as nobody is held out."""

    def fit(self, task: FitTask, prune: Pruner) -> Fitted:
        if not len(task.holdout.bad):
            raise ArithmeticError("the matrix is singular")
        return super().fit(task, prune)
