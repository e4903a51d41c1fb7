"""Fit one trial: the function that an engine runs in a process of its own. Files in, bytes out, no ports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.trial import Denoising, Imbalance, TrialEnd
from kingmaker.learners.registry import learner
from kingmaker.loop.training.fit_order import Curve, FitOrder, FitReport, order_from_bytes, report_to_bytes
from kingmaker.loop.training.matrix import chosen_rows
from kingmaker.ports.learner import FitTask, Fitted, Rows, TrialPruned
from kingmaker.recipe.augment import rebalance
from kingmaker.statistics.approval import false_kill_around
from kingmaker.statistics.calibration import intercept_shift_for_sampling
from kingmaker.statistics.discrimination import auc_within

Booleans = NDArray[np.bool_]

FOCAL_GAMMA = 2.0
"""The value that Lin et al. (2017) found best, Focal Loss for Dense Object Detection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The prepared rows by what they are for. Only `fitting` has been denoised; nothing has been resampled."""

    fitting: Rows
    holdout: Rows
    selection: Rows
    years: Mapping[str, NDArray[np.int64]]
    """Application year of each row, by part."""


class Rungs:
    """The pruner: remembers the holdout AUC at each rung, and gives up below what earlier trials had there."""

    def __init__(self, order: FitOrder) -> None:
        self._prune_below = dict(order.prune_below)
        self.curve: list[tuple[int, float]] = []

    def __call__(self, rounds: int, holdout_auc: float) -> bool:
        self.curve.append((rounds, float(holdout_auc)))
        return holdout_auc < self._prune_below.get(rounds, 0.0)


def fit_trial(spec: bytes, files: Sequence[Path]) -> bytes:
    """Fit what the order (a FitOrder's bytes) says on `files`, the variant's matrix and the rows; answer with report and model.

    Same order and files, same bytes. See `fit_order.report_from_bytes` for the answer.
    """
    order = order_from_bytes(spec)
    parts = read_parts(files[0], files[1], order.trial.denoising)
    rungs = Rungs(order)
    raw = parts.fitting
    fitting = rebalance(order.trial.imbalance, raw.values, raw.bad, raw.weight, seed=order.trial.seed)
    task = FitTask(
        outputs=order.outputs,
        monotone=order.monotone,
        fitting=Rows(values=fitting.values, bad=fitting.bad, weight=fitting.weight),
        holdout=parts.holdout,
        hyperparameters=order.trial.hyperparameters,
        seed=order.trial.seed,
        focal=FOCAL_GAMMA if order.trial.imbalance is Imbalance.FOCAL else 0.0,
    )
    try:
        fitted = learner(order.trial.learner).fit(task, rungs)
    except TrialPruned:
        return report_to_bytes(FitReport(end=TrialEnd.PRUNED, curve=tuple(rungs.curve)), b"")
    shift = intercept_shift_for_sampling(fitting.odds_multiplier) + 0.0  # never minus zero
    return report_to_bytes(_report(order, parts, fitted, tuple(rungs.curve), shift), fitted.to_bytes())


def read_parts(matrix: Path, rows: Path, denoising: Denoising) -> Parts:
    """Copy each part out of the files. `denoising` leaves out fitting rows, never others."""
    roles = np.load(rows, allow_pickle=False)
    fitting = ~(roles["selection"] | roles["holdout"]) & ~_noisy(roles, denoising)

    def part(rows: Booleans) -> Rows:
        return Rows(values=chosen_rows(matrix, rows), bad=roles["bad"][rows], weight=roles["weight"][rows])

    chosen = {"fitting": fitting, "holdout": roles["holdout"], "selection": roles["selection"]}
    return Parts(
        **{name: part(rows) for name, rows in chosen.items()},
        years={name: roles["year"][rows] for name, rows in chosen.items()},
    )


def _noisy(roles: NDArray[np.void], denoising: Denoising) -> Booleans:
    match denoising:
        case Denoising.NONE:
            return np.zeros(len(roles), dtype=np.bool_)
        case Denoising.DUPLICATES:
            return roles["duplicate"]
        case Denoising.LABEL_NOISE:
            return roles["noise"]


def _report(order: FitOrder, parts: Parts, fitted: Fitted, curve: Curve, margin_shift: float) -> FitReport:
    risk = fitted.margin(parts.selection.values)
    false_kill = false_kill_around(parts.selection.bad, risk, order.approval_rate, weight=parts.selection.weight)
    return FitReport(
        end=TrialEnd.FITTED,
        curve=curve,
        auc_train=_auc(fitted, parts.fitting, parts.years["fitting"]),
        auc_holdout=_auc(fitted, parts.holdout, parts.years["holdout"]),
        auc_selection=_auc(fitted, parts.selection, parts.years["selection"]),
        utility=-false_kill,
        rounds=fitted.rounds,
        features=len(fitted.used_outputs),
        margin_shift=margin_shift,
    )


def _auc(fitted: Fitted, rows: Rows, year: NDArray[np.int64]) -> float:
    """Within application years: pooled, a long train window would be praised for the drift of its bad rate alone."""
    return auc_within(rows.bad, fitted.margin(rows.values), year, rows.weight)
