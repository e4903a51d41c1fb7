"""What a simulated lender is like, and how good a model with so much noise truly is."""

from dataclasses import dataclass
from functools import cache
from math import erf, sqrt

import numpy as np
from scipy.special import expit, ndtr

DAYS = 365
RISK_SPREAD = 1.2
"""Standard deviation of the true log-odds between applicants."""
NOISE = 1.0
"""Standard deviation of what a champion's score adds to the true log-odds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A book and how its models are trained.

    `candidates` a night, the correlation of two models' errors, bads expected in the test window, days of applications in it.
    `level` and `slope` are added to the log-odds' level and to the weight of the risk over the year, for all models alike.
    """

    name: str
    candidates: int = 1
    correlation: float = 0.8
    bad_rate: float = 0.10
    bads: int = 1_800
    window_days: int = 180
    level: float = 0.0
    slope: float = 0.0

    @property
    def rows(self) -> int:
        """Rows of the test window: a multiple of ten, so that an approval rate of 70 % is a whole number of them."""
        return 10 * round(self.bads / self.bad_rate / 10)


NULL_SETTINGS = (
    Setting(name="1 candidate a night, errors correlated .9", correlation=0.9, bads=1_800),
    Setting(name="8 a night, correlated .5, drift", candidates=8, correlation=0.5, bads=1_200, level=0.4, slope=-0.3),
    Setting(name="24 a night, independent errors, quick turnover", candidates=24, correlation=0.0, bads=600,
            window_days=60),
    Setting(name="8 a night, independent errors, 2 % bad", candidates=8, correlation=0.0, bad_rate=0.02, bads=600),
    Setting(name="24 a night, correlated .9, drift, quick turnover", candidates=24, correlation=0.9, bads=900,
            level=0.4, slope=-0.3, window_days=60),
)  # fmt: skip
HARDEST = NULL_SETTINGS[2]
"""The newest loans replace the window six times a year, and no two models err alike: most nearly independent looks."""


@cache
def level_for(bad_rate: float) -> float:
    """The mean log-odds at which so many of all applicants are bad; bisection."""
    risk, weight = _normal_grid()
    low, high = -12.0, 4.0
    for _ in range(60):
        middle = (low + high) / 2
        too_many = float(weight @ expit(middle + RISK_SPREAD * risk)) > bad_rate
        low, high = (low, middle) if too_many else (middle, high)
    return (low + high) / 2


@cache
def true_auc(bad_rate: float, noise: float) -> float:
    """P(a bad's score exceeds a good's) where score = true log-odds + normal noise, by summing over a grid of risks."""
    risk, weight = _normal_grid()
    pd = expit(level_for(bad_rate) + RISK_SPREAD * risk)
    bads, goods = weight * pd / (weight @ pd), weight * (1 - pd) / (weight @ (1 - pd))
    apart = RISK_SPREAD * (risk[:, None] - risk[None, :]) / (sqrt(2.0) * noise)
    return float(bads @ ndtr(apart) @ goods)


@cache
def noise_for(bad_rate: float, gain: float) -> float:
    """The noise of a model whose true AUC lies `gain` above the champion's; bisection."""
    wanted = true_auc(bad_rate, NOISE) + gain
    low, high = 0.05, 2 * NOISE
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if true_auc(bad_rate, middle) > wanted else (low, middle)
    return (low + high) / 2


@cache
def _normal_grid() -> tuple[np.ndarray, np.ndarray]:
    points = np.linspace(-6.0, 6.0, 601)
    edges = np.append(points - 0.01, 6.01)
    weight = np.diff([0.5 * (1 + erf(edge / sqrt(2.0))) for edge in edges])
    return points, weight / weight.sum()
