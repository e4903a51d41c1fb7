"""What every statistic asks of its arrays: whole, of equal length, with goods and bads. Callers decide what a refusal means."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Numbers = Floats | Integers | Booleans


def outcomes(bad: Numbers, *, both_classes: bool = True) -> Floats:
    """`bad` as float64 [n] of 0 and 1. Raises ValueError when a value is neither, or when a class is absent."""
    values = np.asarray(bad, dtype=np.float64)
    if values.ndim != 1 or values.size == 0:
        raise ValueError("outcomes must be a non-empty array of one dimension")
    bads = np.count_nonzero(values == 1.0)
    goods = np.count_nonzero(values == 0.0)
    if bads + goods != values.size:
        raise ValueError("outcomes must be 0 (good) or 1 (bad); some are neither or missing")
    if both_classes and (bads == 0 or goods == 0):
        raise ValueError(f"outcomes need goods and bads: there are {goods} goods and {bads} bads")
    return values


def risks(risk: Numbers, rows: int) -> Floats:
    """`risk` as float64 [rows]. Raises ValueError on a different length or on NaN; infinities are ranked like any number."""
    values = np.asarray(risk, dtype=np.float64)
    if values.shape != (rows,):
        raise ValueError(f"risks must have one number a row: {rows} rows, shape {values.shape}")
    if np.isnan(values).any():
        raise ValueError(f"risks must not be missing: {int(np.isnan(values).sum())} of {rows} are NaN")
    return values


def weights(weight: Numbers | None, rows: int) -> Floats:
    """`weight` as float64 [rows], ones when None. Raises ValueError unless all are positive and finite."""
    if weight is None:
        return np.ones(rows)
    values = np.asarray(weight, dtype=np.float64)
    if values.shape != (rows,) or not (np.isfinite(values).all() and (values > 0).all()):
        raise ValueError("weights must be positive and finite, one a row")
    return values


def relative_weights(weight: Numbers | None, rows: int) -> Floats:
    """`weights` divided by their mean: only their proportions count, and equal ones are exactly 1. Refusals as `weights`."""
    values = weights(weight, rows)
    return np.ones(rows) if (values == values[0]).all() else values / values.mean()


def probabilities(pd: Numbers, rows: int) -> Floats:
    """`pd` as float64 [rows]. Raises ValueError on NaN or outside [0, 1]."""
    values = risks(pd, rows)
    if (values < 0).any() or (values > 1).any():
        raise ValueError("a pd must lie between 0 and 1")
    return values


def weighted_counts(group: Integers, weight: Floats, size: int) -> Floats:
    """Sum of `weight` in each group 0, 1, …, size - 1: [size]."""
    return np.bincount(group, weights=weight, minlength=size).astype(np.float64)


def rate(value: float, name: str = "approval rate") -> float:
    """A share above 0 and at most 1. Raises ValueError otherwise, NaN included."""
    if not 0.0 < value <= 1.0:
        raise ValueError(f"the {name} must be above 0 and at most 1, not {value}")
    return float(value)
