"""Fit the winner again: the function that an engine runs in a process of its own. Files in, bytes out, no ports."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.trial import Imbalance, TrialSpec
from kingmaker.learners.registry import learner
from kingmaker.loop.training.fit_trial import FOCAL_GAMMA
from kingmaker.loop.training.matrix import chosen_rows
from kingmaker.ports.learner import FitTask, Fitted, Rows
from kingmaker.recipe.augment import rebalance


@dataclass(frozen=True, slots=True, kw_only=True)
class RefitOrder:
    """What decides a refit, with the files. `fold` None: fitted on every row; else on those of the other folds.

    `rounds` are those that the trial kept, None for a learner without rounds.
    """

    trial: TrialSpec
    outputs: tuple[str, ...]
    monotone: tuple[int, ...]
    rounds: int | None
    fold: int | None

    def to_bytes(self) -> bytes:
        return msgspec.json.encode(self, order="deterministic")


def fit_again(spec: bytes, files: Sequence[Path]) -> bytes:
    """Fit what the order (a RefitOrder's bytes) says on `files`, matrix and rows as `layout` writes them.

    Without a fold the answer is the model's native file; with one, the margins (doubles) of the fold's watched rows in their
    order. Same order and files, same bytes. Raises what the learner raises, GraphUnsupported for what could not be served.
    """
    order = msgspec.json.decode(spec, type=RefitOrder)
    roles = np.load(files[1], allow_pickle=False)
    fitting = roles["weight"] > 0.0
    if order.fold is not None:
        fitting &= roles["fold"] != order.fold
    fitted = _fitted(order, files[0], roles, fitting)
    if order.fold is None:
        fitted.form()
        return fitted.to_bytes()
    watched = roles["watched"] & (roles["fold"] == order.fold)
    return np.ascontiguousarray(fitted.margin(chosen_rows(files[0], watched)), dtype=np.float64).tobytes()


def _fitted(order: RefitOrder, matrix: Path, roles: NDArray[np.void], fitting: NDArray[np.bool_]) -> Fitted:
    trial = order.trial
    values, bad, weight = chosen_rows(matrix, fitting), roles["bad"][fitting], roles["weight"][fitting]
    rows = rebalance(trial.imbalance, values, bad, weight, seed=trial.seed)
    del values  # a choice that changes the rows has copied them
    nobody = Rows(values=np.empty((0, len(order.outputs))), bad=np.empty(0), weight=np.empty(0))
    task = FitTask(
        outputs=order.outputs,
        monotone=order.monotone,
        fitting=Rows(values=rows.values, bad=rows.bad, weight=rows.weight),
        holdout=nobody,
        hyperparameters=trial.hyperparameters,
        seed=trial.seed,
        focal=FOCAL_GAMMA if trial.imbalance is Imbalance.FOCAL else 0.0,
        rounds=order.rounds,
    )
    return learner(trial.learner).fit(task, _never)


def _never(rounds: int, auc: float) -> bool:
    """A refit is not given up: it is fitted as its trial was."""
    del rounds, auc
    return False
