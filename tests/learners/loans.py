"""Made-up loans, as a recipe would hand them to a learner: `plain` keeps missing values, `woe` has everything binned."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kingmaker.ports.learner import FitTask, Learner, Rows

Floats = NDArray[np.float64]

OUTPUTS = ("income", "utilisation", "age", "enquiries", "employer", "region", "noise")
RISES_WITH = (-1, 1, 0, 1, 0, 0, 0)
"""Declared directions of pd for the plain outputs: income lowers it, utilisation and enquiries raise it."""


@dataclass(frozen=True, slots=True)
class Loans:
    fitting: Rows
    holdout: Rows


def plain_rows(count: int, seed: int) -> Rows:
    generator = np.random.default_rng(seed)
    income = np.round(np.exp(generator.normal(10, 0.8, count)), 2)
    utilisation = np.where(generator.random(count) < 0.15, np.nan, generator.beta(2, 3, count))
    age = np.round(generator.uniform(18, 75, count))
    enquiries = generator.poisson(1.5, count).astype(float)
    employer = generator.choice([-0.7, -0.1, 0.2, 0.9], count)
    region = np.where(generator.random(count) < 0.02, np.nan, generator.normal(0, 1, count))
    noise = generator.normal(0, 1, count)
    values = np.column_stack([income, utilisation, age, enquiries, employer, region, noise])
    used = np.nan_to_num(utilisation, nan=0.8)
    margin = 5.2 - 0.75 * np.log(income) + 2.5 * used + 0.3 * enquiries - employer + 0.0008 * (age - 45) ** 2
    bad = (generator.random(count) < 1 / (1 + np.exp(-margin))).astype(float)
    return Rows(values=values, bad=bad, weight=np.ones(count))


def weights_of_evidence(plain: Rows, learnt_on: Rows) -> Rows:
    """The same rows with every column binned in fifths of `learnt_on`, ln(good share / bad share) for each bin."""
    columns = [
        _woe_column(learnt_on.values[:, k], learnt_on.bad, plain.values[:, k]) for k in range(plain.values.shape[1])
    ]
    return replace(plain, values=np.column_stack(columns))


def _woe_column(learnt: Floats, bad: Floats, values: Floats) -> Floats:
    edges = np.unique(np.nanquantile(learnt, [0.2, 0.4, 0.6, 0.8]))
    places = np.where(np.isnan(learnt), 0, 1 + np.searchsorted(edges, learnt, side="right"))
    goods = np.bincount(places, weights=1 - bad, minlength=len(edges) + 2) + 0.5
    bads = np.bincount(places, weights=bad, minlength=len(edges) + 2) + 0.5
    woe = np.log(goods / goods.sum()) - np.log(bads / bads.sum())
    return woe[np.where(np.isnan(values), 0, 1 + np.searchsorted(edges, values, side="right"))]


def rows_for(learner: Learner, count: int, seed: int) -> Rows:
    """Rows as the learner's recipe variant prepares them."""
    plain = plain_rows(count, seed)
    return weights_of_evidence(plain, plain_rows(4000, 1)) if learner.recipe == "woe" else plain


def directions_for(learner: Learner) -> tuple[int, ...]:
    return (-1,) * len(OUTPUTS) if learner.recipe == "woe" else RISES_WITH


def task_for(learner: Learner, *, fitting: int = 3000, holdout: int = 1500, seed: int = 11) -> FitTask:
    return FitTask(
        outputs=OUTPUTS,
        monotone=directions_for(learner),
        fitting=rows_for(learner, fitting, 1),
        holdout=rows_for(learner, holdout, 2),
        hyperparameters=learner.default(),
        seed=seed,
    )


def permuted(task: FitTask, places: NDArray[np.int64]) -> FitTask:
    """The same task with its outputs in another order."""
    return replace(
        task,
        outputs=tuple(task.outputs[place] for place in places),
        monotone=tuple(task.monotone[place] for place in places),
        fitting=replace(task.fitting, values=task.fitting.values[:, places]),
        holdout=replace(task.holdout, values=task.holdout.values[:, places]),
    )
