"""An anytime-valid test for the shadow stage: is the challenger's loss smaller than the champion's, whenever one looks?

One bets on each paired difference of losses, champion's less challenger's. If the challenger is no better the bets cannot
be expected to win, and the wealth ever exceeds 1 / alpha with a probability of at most alpha (Ville's inequality).
Waudby-Smith & Ramdas (2024), JRSS-B 86:1; Choe & Ramdas (2024), Operations Research 72:1368.
"""

from dataclasses import dataclass
from math import exp, log

import numpy as np

from kingmaker.statistics.arrays import Floats

LARGEST_BET = 0.75
"""Share of the wealth at stake on one loan; below 1, so that no single loan ruins it."""
LARGEST_EXPONENT = 700.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EProcess:
    """The state of the test after `rows` loans: all that is needed to go on tomorrow, plain numbers only.

    Differences are paired, in [-1, 1] and positive where the challenger did better: of Brier losses, for instance. The
    null hypothesis is that none of them has a positive expectation given all before it; they need not be independent
    or alike. To gather evidence against the challenger, run a second process on the negated differences.
    """

    rows: int = 0
    total: float = 0.0
    squares: float = 0.0
    log_wealth: float = 0.0
    log_largest: float = 0.0

    def after(self, differences: Floats) -> "EProcess":
        """The state after further differences [n], in the order given. Raises ValueError outside [-1, 1] and on NaN.

        Cutting the differences into batches differently gives the same state, bit for bit.
        """
        found = _bounded(differences)
        # Accumulating from the state itself adds in the same order however the differences are cut into batches.
        totals = np.add.accumulate(np.append(self.total, found))
        squares = np.add.accumulate(np.append(self.squares, found * found))
        # The bet sees only what came before; the 1 stands for a first difference of the largest size.
        bets = np.clip(totals[:-1] / (1.0 + squares[:-1]), 0.0, LARGEST_BET)
        wealth = np.add.accumulate(np.append(self.log_wealth, np.log1p(bets * found)))
        return EProcess(
            rows=self.rows + found.size,
            total=float(totals[-1]),
            squares=float(squares[-1]),
            log_wealth=float(wealth[-1]),
            log_largest=max(self.log_largest, float(wealth.max())),
        )

    @property
    def e_value(self) -> float:
        """The wealth that 1 has become: the evidence so far that the challenger is better."""
        return exp(min(self.log_wealth, LARGEST_EXPONENT))

    @property
    def largest(self) -> float:
        """The largest e-value so far, 1 at least."""
        return exp(min(self.log_largest, LARGEST_EXPONENT))

    def passes(self, alpha: float) -> bool:
        """Whether the e-value has ever reached 1 / `alpha`, with `alpha` between 0 and 1."""
        if not 0.0 < alpha < 1.0:
            raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
        return self.log_largest >= -log(alpha)


def _bounded(differences: Floats) -> Floats:
    found = np.asarray(differences, dtype=np.float64)
    if found.ndim != 1 or not (np.abs(found) <= 1.0).all():
        raise ValueError("differences must be an array of one dimension between -1 and 1, none missing")
    return found
