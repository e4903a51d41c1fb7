"""The port every learner plays: suggest, fit, and hand over trees or coefficients for the graph."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.trial import Hyperparameters
from kingmaker.graph.forms import ModelForm

Floats = NDArray[np.float64]

Pruner = Callable[[int, float], bool]
"""Told (rounds so far, holdout AUC) at each rung; answers whether to give the trial up."""


class Suggest(Protocol):
    """How a learner asks the search for hyperparameters; a subset of optuna's trial."""

    def suggest_int(self, name: str, low: int, high: int, *, log: bool = False, step: int = 1) -> int: ...
    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float: ...
    def suggest_categorical(
        self, name: str, choices: Sequence[str | int | float | bool]
    ) -> str | int | float | bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Prepared rows: `values` [rows, outputs] double (NaN = missing), `bad` [rows] 0/1 double, `weight` [rows] > 0."""

    values: Floats
    bad: Floats
    weight: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class FitTask:
    """All a learner may know. `fitting` trains, `holdout` (other customers, same window) stops early; one thread only.

    `outputs` names the columns of `values`; `monotone` has one of -1, 0, +1 for each. `focal` > 0 asks for focal loss with
    that gamma where the learner can (others raise GraphUnsupported at suggestion time by not offering it).
    `rounds` fixes the number of boosting rounds and switches early stopping off (a refit).
    """

    outputs: tuple[str, ...]
    monotone: tuple[int, ...]
    fitting: Rows
    holdout: Rows
    hyperparameters: Hyperparameters
    seed: int
    focal: float = 0.0
    rounds: int | None = None


class TrialPruned(Exception):
    """The pruner said stop: the trial ends as pruned."""


class Fitted(Protocol):
    """A fitted model. Immutable; safe to use from several threads for reading."""

    @property
    def rounds(self) -> int | None:
        """Boosting rounds kept, None where the word has no meaning."""

    @property
    def used_outputs(self) -> tuple[int, ...]:
        """Indices of the recipe outputs that can change the margin."""

    def margin(self, values: Floats) -> Floats:
        """Raw log-odds of bad, [rows], as the native library computes them, before calibration."""

    def form(self) -> ModelForm:
        """The neutral form for the graph. Raises GraphUnsupported for anything not known to be exact."""

    def contributions(self, values: Floats) -> Floats:
        """[rows, outputs + 1]: what each output adds to the log-odds; the last column is the baseline. Sums to margin.

        By the native library, to prove the reasons that the bundle gives: for trees, path-dependent Shapley values.
        """

    def to_bytes(self) -> bytes:
        """The native, code-free file (UBJ, LightGBM text, JSON); the same model gives the same bytes."""


class Learner(Protocol):
    """One family of models. Stateless; one instance may serve several processes."""

    name: str
    recipe: str
    """Which recipe variant it is fed with: `plain` (NaN kept, categories as WoE numbers) or `woe` (everything binned)."""
    complexity: int
    """Order of simplicity for ties: scorecard 0, additive 1, trees 2, ensembles 3."""
    native_suffix: str
    """File suffix of `to_bytes`, e.g. `.ubj`."""
    can_focal: bool

    def suggest(self, suggest: Suggest) -> Hyperparameters:
        """Draw one set of hyperparameters from the learner's search space."""

    def default(self) -> Hyperparameters:
        """Sound hyperparameters for the first trial, before anything is known."""

    def fit(self, task: FitTask, prune: Pruner) -> Fitted:
        """Fit. Same task, same bytes. Raises TrialPruned when the pruner says so."""

    def from_bytes(self, data: bytes) -> Fitted:
        """The inverse of `Fitted.to_bytes`. Runs no code from the data."""
