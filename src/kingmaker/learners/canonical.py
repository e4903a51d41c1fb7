"""One task, one way to read it: checked, its hyperparameters filled in, its columns in the order of their names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.errors import DataRefused, DeclarationError, GraphUnsupported
from kingmaker.domain.trial import Hyperparameters
from kingmaker.ports.learner import FitTask, Floats, Rows

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Canonical:
    """A task whose columns are sorted by name, so that the order in which a recipe emits them cannot change the model.

    `order[k]` is the place in the caller's `outputs` of the sorted column k.
    """

    task: FitTask
    order: Integers


def canonical(task: FitTask, *, default: Hyperparameters, can_focal: bool = False) -> Canonical:
    """Check the task and sort its columns; hyperparameters left out take their default.

    Raises DataRefused for rows that cannot be fitted, DeclarationError for a hyperparameter the learner does not have,
    GraphUnsupported for focal loss where the learner has none.
    """
    if task.focal > 0 and not can_focal:
        raise GraphUnsupported(
            "this learner cannot fit focal loss", remedy="Choose another treatment of the imbalance."
        )
    unknown = sorted(set(task.hyperparameters) - set(default))
    if unknown:
        raise DeclarationError(f"unknown hyperparameters {unknown}", remedy=f"Known are {sorted(default)}.")
    _check_columns(task)
    _check_classes(task)
    order = np.array(sorted(range(len(task.outputs)), key=lambda index: task.outputs[index]), dtype=np.int64)
    ordered = replace(
        task,
        outputs=tuple(task.outputs[index] for index in order),
        monotone=tuple(task.monotone[index] for index in order),
        fitting=_with_columns(task.fitting, order),
        holdout=_with_columns(task.holdout, order),
        hyperparameters={**default, **task.hyperparameters},
    )
    return Canonical(ordered, order)


def check_width(values: Floats, columns: int) -> None:
    """Raise DataRefused unless `values` is [rows, columns]."""
    if values.ndim != 2 or values.shape[1] != columns:
        raise DataRefused(
            f"the model reads {columns} recipe outputs and was given values of shape {values.shape}",
            remedy="Prepare the rows with the recipe that the model was fitted with.",
        )


def check_numbered(names: Sequence[str], columns: int) -> None:
    """Raise GraphUnsupported unless a booster's column names are output_0 to output_(columns - 1), in any order."""
    if sorted(names) != sorted(f"output_{index}" for index in range(columns)):
        raise GraphUnsupported("the booster's columns are not numbered recipe outputs", remedy="Fit it with Kingmaker.")


def unsorted_columns(by_sorted_column: Floats, order: Integers) -> Floats:
    """Put [rows, columns + 1] numbers of sorted columns back into the caller's order; the last column stays last."""
    back = np.empty_like(by_sorted_column)
    back[:, order] = by_sorted_column[:, :-1]
    back[:, -1] = by_sorted_column[:, -1]
    return back


def _with_columns(rows: Rows, order: Integers) -> Rows:
    return replace(rows, values=np.ascontiguousarray(rows.values[:, order], dtype=np.float64))


def _check_columns(task: FitTask) -> None:
    columns = len(task.outputs)
    check_width(task.fitting.values, columns)
    check_width(task.holdout.values, columns)
    if len(task.monotone) != columns or len(set(task.outputs)) != columns:
        raise DataRefused(
            f"{columns} outputs come with {len(task.monotone)} monotone directions and {len(set(task.outputs))} names",
            remedy="Give every output one name of its own and one direction (-1, 0 or +1).",
        )


def _check_classes(task: FitTask) -> None:
    watched = [task.fitting] if task.rounds is not None or not len(task.holdout.bad) else [task.fitting, task.holdout]
    for rows in watched:
        if set(np.unique(rows.bad)) != {0.0, 1.0}:
            raise DataRefused(
                f"{len(rows.bad)} rows hold {int(rows.bad.sum())} bads: a model needs both goods and bads",
                remedy="Widen the train window, or check the default definition.",
            )
        if not (rows.weight > 0).all():
            raise DataRefused("some rows weigh nothing or less", remedy="Leave them out instead.")
