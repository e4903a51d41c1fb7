"""Which fitting rows a denoising trial leaves out: repeats, and labels that contradict what the other rows say."""

from importlib import import_module

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.domain.snapshot import Feature
from kingmaker.recipe.denoise import duplicate_rows

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]

FOLDS = 5


def repeated(train: pl.DataFrame, features: tuple[Feature, ...], fitting: Booleans) -> Booleans:
    """Fitting rows that repeat an earlier fitting row in every feature and the label, [rows]."""
    found = np.zeros(len(fitting), dtype=np.bool_)
    found[fitting] = duplicate_rows(train.filter(fitting), [feature.name for feature in features])
    return found


def noisy(values: Floats, bad: Floats, fitting: Booleans, seed: int) -> Booleans:
    """Fitting rows whose label is suspect, [rows]; none with fewer goods or bads than folds. `values` may be a mapped file."""
    found = np.zeros(len(fitting), dtype=np.bool_)
    bads = int(bad[fitting].sum())
    if min(bads, int(fitting.sum()) - bads) >= FOLDS:
        label_noise = import_module("kingmaker.recipe.label_noise")  # two seconds that other pipelines need not wait
        found[fitting] = label_noise.suspected_label_noise(values[fitting], bad[fitting], seed=seed, folds=FOLDS)
    return found
