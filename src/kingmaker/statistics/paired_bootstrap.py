"""Champion against challenger on the same rows, for measures without a formula for their error: the paired bootstrap.

Customers are drawn with replacement, the same for both models, and each model's cut is derived anew in every draw.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kingmaker.statistics.arrays import Floats, Integers, Numbers, outcomes
from kingmaker.statistics.paired_tests import PairedDifference, customer_codes, upper_tail, varied_risks
from kingmaker.statistics.resampled_measures import Measure, Resamples, order_rows

BLOCK = 1_000_000
"""Row weights held in memory at a time."""
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


def paired_bootstrap(
    bad: Numbers,
    risk_champion: Numbers,
    risk_challenger: Numbers,
    *,
    measures: Sequence[Measure],
    customers: NDArray[Any] | None = None,
    draws: int = 2000,
    seed: int,
) -> tuple[BootstrapDifference, ...]:
    """Each measure's difference, in the order of `measures`, all from the same draws.

    `customers` [n] names whose row it is; every row its own when None. The same arguments give the same numbers.
    Raises ValueError on NaN or constant risks, fewer than 30 goods, or what a measure itself refuses.
    """
    outcome, codes = _checked(bad, customers, draws)
    models = [varied_risks(risk, outcome.size) for risk in (risk_champion, risk_challenger)]
    points, drawn = _measured(outcome, models, measures, codes, (draws, seed))
    return tuple(
        _difference(measure, points[:, i], drawn[:, i, 1] - drawn[:, i, 0]) for i, measure in enumerate(measures)
    )


def bootstrap_standard_error(
    bad: Numbers,
    risk: Numbers,
    *,
    measure: Measure,
    customers: NDArray[Any] | None = None,
    draws: int = 500,
    seed: int,
) -> float:
    """The standard error of one model's measure; arguments and refusals as `paired_bootstrap`."""
    outcome, codes = _checked(bad, customers, draws)
    _, drawn = _measured(outcome, [varied_risks(risk, outcome.size)], [measure], codes, (draws, seed))
    return float(drawn[:, 0, 0].std(ddof=1))


def _checked(bad: Numbers, customers: NDArray[Any] | None, draws: int) -> tuple[Floats, Integers]:
    outcome = outcomes(bad)
    if (outcome == 0.0).sum() < FEWEST_GOODS:
        raise ValueError(f"a bootstrap needs at least {FEWEST_GOODS} goods")
    if draws < 2:
        raise ValueError("a bootstrap needs at least 2 draws")
    return outcome, customer_codes(customers, outcome.size)


def _measured(
    bad: Floats, models: Sequence[Floats], measures: Sequence[Measure], codes: Integers, plan: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Every measure of every model on the rows themselves [models, measures], and in each draw [draws, measures, models]."""
    ordered = [order_rows(bad, risk) for risk in models]
    for measure in measures:
        for rows in ordered:
            measure.check(rows)

    def measured(weight: Floats) -> Floats:
        resamples = [Resamples(rows, weight) for rows in ordered]
        return np.array([[measure.of(each) for each in resamples] for measure in measures]).transpose(2, 0, 1)

    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = np.concatenate([measured(weight) for weight in _row_weights(codes, *plan)])
    if not np.isfinite(drawn).all():
        raise ValueError("too few customers: some draws held no goods at all")
    return measured(np.ones((1, bad.size)))[0].T, drawn


def _row_weights(codes: Integers, draws: int, seed: int) -> Iterator[Floats]:
    """How often each row is in each draw: blocks of [draws in block, rows]."""
    random = np.random.default_rng(seed)
    customers = int(codes.max()) + 1
    own = bool((codes == np.arange(codes.size)).all()) if customers == codes.size else False
    block = max(1, BLOCK // codes.size)
    for start in range(0, draws, block):
        counts = np.empty((min(block, draws - start), customers))
        for drawn in counts:
            drawn[:] = np.bincount(random.integers(0, customers, size=customers), minlength=customers)
        yield counts if own else counts[:, codes]


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
