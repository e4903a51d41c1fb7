"""Judged loans for the gate: outcomes, customers with one loan or a few, and the pds that models of one signal give them."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Loans:
    """`bad` and `customer` are [rows]; the same number of rows gives the same loans."""

    def __init__(self, rows: int) -> None:
        random = np.random.default_rng(20)
        self._signal = random.normal(size=rows)
        self.bad = (random.uniform(size=rows) < _share(1.1 * self._signal - 2.2)).astype(np.float64)
        self.customer = random.integers(0, rows, size=rows)
        self.year = random.integers(2008, 2011, size=rows)

    def pd(self, model: int) -> Floats:
        """What the model with this number answers [rows]: the signal through a noise of its own."""
        noise = np.random.default_rng(100 + model).normal(size=self.bad.size)
        return _share(self._signal + (0.8 - 0.005 * model) * noise - 2.2)


def _share(odds: Floats) -> Floats:
    shares: Floats = 1.0 / (1.0 + np.exp(-odds))
    return shares
