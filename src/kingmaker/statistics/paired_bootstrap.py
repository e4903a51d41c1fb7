"""Champion against challenger on the same rows, for measures without a formula for their error: the paired bootstrap.

Customers are drawn with replacement, the same for both models, and each model's cut is derived anew in every draw. A row
counts as often as its customer was drawn, times its weight.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kingmaker.statistics.arrays import Floats, Integers, Numbers, outcomes, relative_weights
from kingmaker.statistics.paired_tests import PairedDifference, customer_codes, upper_tail, varied_risks
from kingmaker.statistics.resampled_measures import Measure
from kingmaker.statistics.resampling import Resampling
from kingmaker.statistics.risk_order import RiskOrder, risk_order

FEWEST_GOODS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapDifference(PairedDifference):
    """A paired difference by bootstrap. `p_value` counts draws, and so is never below 1 / (draws + 1)."""

    measure: str
    p_value_normal: float
    """The same probability from the normal distribution and the standard error: finer than counting, for tiny levels."""
    low: float
    """5 % quantile of the drawn differences: a one-sided 95 % bound, as `high`."""
    high: float


def paired_bootstrap(  # noqa: PLR0913 -- the rows, and how they are compared
    bad: Numbers,
    risk_champion: Numbers,
    risk_challenger: Numbers,
    *,
    measures: Sequence[Measure],
    customers: NDArray[Any] | None = None,
    weight: Numbers | None = None,
    draws: int = 2000,
    seed: int,
) -> tuple[BootstrapDifference, ...]:
    """Each measure's difference, in the order of `measures`, all from the same draws.

    `customers` [n] names whose row it is; every row its own when None. `weight` [n] is 1 / the chance that the row is
    seen at all; only the proportions matter. The same arguments give the same numbers. Raises ValueError on NaN or
    constant risks, fewer than 30 goods, weights that are not positive, or what a measure itself refuses.
    """
    outcome, codes, mass = _checked(bad, customers, weight, draws)
    models = [
        risk_order(outcome, varied_risks(risk, outcome.size), mass, codes) for risk in (risk_champion, risk_challenger)
    ]
    points, drawn = _measured(models, measures, draws, seed)
    return tuple(_difference(measure, points[i], drawn[:, i, 1] - drawn[:, i, 0]) for i, measure in enumerate(measures))


def bootstrap_standard_error(
    bad: Numbers,
    risk: Numbers,
    *,
    measure: Measure,
    customers: NDArray[Any] | None = None,
    weight: Numbers | None = None,
    draws: int = 500,
    seed: int,
) -> float:
    """The standard error of one model's measure; arguments and refusals as `paired_bootstrap`."""
    outcome, codes, mass = _checked(bad, customers, weight, draws)
    model = risk_order(outcome, varied_risks(risk, outcome.size), mass, codes)
    _, drawn = _measured([model], [measure], draws, seed)
    return float(drawn[:, 0, 0].std(ddof=1))


def _checked(
    bad: Numbers, customers: NDArray[Any] | None, weight: Numbers | None, draws: int
) -> tuple[Floats, Integers, Floats]:
    outcome = outcomes(bad)
    if (outcome == 0.0).sum() < FEWEST_GOODS:
        raise ValueError(f"a bootstrap needs at least {FEWEST_GOODS} goods")
    if draws < 2:
        raise ValueError("a bootstrap needs at least 2 draws")
    return outcome, customer_codes(customers, outcome.size), relative_weights(weight, outcome.size)


def _measured(models: Sequence[RiskOrder], measures: Sequence[Measure], draws: int, seed: int) -> tuple[Floats, Floats]:
    """Every measure of every model on the rows themselves [measures, models], and in each draw [draws, measures, models]."""
    pairs = [(measure, measure.readings(rows)) for measure in measures for rows in models]
    resampling = Resampling([reading for _, readings in pairs for reading in readings], models[0].customer)

    def taken(read: Sequence[Floats]) -> Floats:
        following = iter(read)
        values = [measure.of(*(next(following) for _ in readings)) for measure, readings in pairs]
        return np.stack(values, axis=-1).reshape(-1, len(measures), len(models))

    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = np.concatenate([taken(read) for read in resampling.draws(draws, seed)])
    if not np.isfinite(drawn).all():
        raise ValueError("too few customers: some draws held no goods at all")
    return taken(resampling.rows_themselves())[0], drawn


def _difference(measure: Measure, points: Floats, drawn: Floats) -> BootstrapDifference:
    sign = -1.0 if measure.lower_is_better else 1.0
    champion, challenger = float(points[0]), float(points[1])
    error = float(drawn.std(ddof=1))
    return BootstrapDifference(
        measure=measure.name,
        champion=champion,
        challenger=challenger,
        difference=challenger - champion,
        standard_error=error,
        p_value=float((1 + np.count_nonzero(sign * drawn <= 0.0)) / (drawn.size + 1)),
        p_value_normal=upper_tail(sign * (challenger - champion), error),
        low=float(np.quantile(drawn, 0.05)),
        high=float(np.quantile(drawn, 0.95)),
    )
