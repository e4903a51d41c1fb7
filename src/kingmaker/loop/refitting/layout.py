"""Matured loans under the finalist's recipe, laid out in files for the processes that fit."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.domain.errors import StorageFailed
from kingmaker.domain.snapshot import Feature, Window
from kingmaker.domain.trial import Denoising
from kingmaker.loop.refitting.folds import folds_of
from kingmaker.loop.snapshots import WindowRows
from kingmaker.loop.training.suspects import noisy, repeated
from kingmaker.loop.training.thinning import thin_goods
from kingmaker.recipe.spec import Recipe
from kingmaker.recipe.tables import apply_recipe

REFIT_ROW = np.dtype([("bad", "f8"), ("weight", "f8"), ("fold", "i1"), ("watched", "?")])
"""One row of `rows.npy`. `weight` 0: not fitted on, thinned out or left out as noise; it may still be `watched`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut:
    """`matrix` and `rows` are .npy files: doubles [rows, outputs], and `roles` as written."""

    matrix: Path
    rows: Path
    roles: NDArray[np.void]
    until: date | None
    """Newest application date among the rows that are fitted on."""

    @property
    def is_fitted_on(self) -> NDArray[np.bool_]:
        fitted_on: NDArray[np.bool_] = self.roles["weight"] > 0.0
        return fitted_on

    def remove(self) -> None:
        """Free the room on the disk."""
        self.matrix.unlink(missing_ok=True)
        self.rows.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayOut:
    """How to lay out: the recipe as it was learnt, what the trial said about rows, and the windows that are watched."""

    recipe: Recipe
    features: tuple[Feature, ...]
    denoising: Denoising
    watched: tuple[Window, ...]
    max_rows: int
    seed: int


def lay_out(loans: WindowRows, how: LayOut, folder: Path) -> LaidOut:
    """Write matrix and rows of the windows' loans into `folder`.

    Thinned of goods as the train window was; which rows are suspect is found again among all of them.
    """
    frame = loans.added()
    bad = frame["_label"].cast(pl.Float64).to_numpy() > 0.5
    kept, thinned = thin_goods(bad, how.max_rows, how.seed)
    weight = np.zeros(frame.height)
    weight[kept] = thinned
    watched = frame["_window"].is_in([window.value for window in how.watched]).to_numpy()
    laid = (weight > 0.0) | watched
    roles = np.zeros(int(laid.sum()), dtype=REFIT_ROW)
    roles["bad"], roles["weight"], roles["watched"] = bad[laid], weight[laid], watched[laid]
    roles["fold"] = folds_of(frame["_customer"], bad, how.seed)[laid]
    chosen = loans.chosen(laid)
    values = np.ascontiguousarray(apply_recipe(how.recipe, chosen))
    roles["weight"][_left_out(how, chosen, values, roles)] = 0.0
    matrix, rows = folder / "refit-matrix.npy", folder / "refit-rows.npy"
    _save(matrix, values)
    _save(rows, roles)
    until = chosen.filter(roles["weight"] > 0.0)["_applied_at"].max()
    return LaidOut(matrix=matrix, rows=rows, roles=roles, until=until if isinstance(until, date) else None)


def _save(path: Path, array: NDArray[np.generic]) -> None:
    """Numpy tells a full disk by how many bytes it wrote, without the system's error number."""
    try:
        np.save(path, array, allow_pickle=False)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise StorageFailed(
            f"the disk refused a matrix of {array.nbytes / 1e6:,.0f} MB ({error})",
            where=str(path),
            remedy="Nothing was published. Free some space, then run again: what was finished is kept.",
        ) from error


def _left_out(
    how: LayOut, frame: pl.DataFrame, values: NDArray[np.float64], roles: NDArray[np.void]
) -> NDArray[np.bool_]:
    fitting: NDArray[np.bool_] = roles["weight"] > 0.0
    match how.denoising:
        case Denoising.NONE:
            return np.zeros(len(roles), dtype=np.bool_)
        case Denoising.DUPLICATES:
            return repeated(frame, how.features, fitting)
        case Denoising.LABEL_NOISE:
            return noisy(values, roles["bad"], fitting, how.seed)
