"""One window as one model answers it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.snapshot import Window

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredWindow:
    """Arrays of [rows].

    `bad` is 0 or 1, NaN for applicants without an outcome; `pd` in [0, 1]; `score` rounded points; `month` is
    year * 12 + month - 1, -1 for a row without a date. `amount` is None where no amount column is declared, else NaN or
    nought where unknown. `customer` (codes or names) makes the standard error count customers; None: each row its own.
    """

    window: Window
    bad: Floats
    pd: Floats
    score: Integers
    month: Integers
    amount: Floats | None = None
    customer: NDArray[np.generic] | None = None
