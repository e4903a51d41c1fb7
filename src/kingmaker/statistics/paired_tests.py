"""Champion against challenger on the same rows: DeLong's test of the AUC."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kingmaker.statistics.arrays import Floats, Integers, Numbers, outcomes, risks
from kingmaker.statistics.ordering import midranks


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference:
    """One measure of both models on the same rows. `difference` is challenger minus champion.

    `p_value` is one-sided: the chance of so large an improvement when the challenger is no better.
    """

    champion: float
    challenger: float
    difference: float
    standard_error: float
    p_value: float


def delong(
    bad: Numbers, risk_champion: Numbers, risk_challenger: Numbers, *, customers: NDArray[Any] | None = None
) -> PairedDifference:
    """The difference in AUC with DeLong's standard error, in O(n log n).

    `customers` [n] names whose row it is: rows of one customer are not independent, and are summed before squaring
    (Obuchowski 1997, Biometrics 53:567). Without it every row is its own. Raises ValueError on NaN or constant risks
    and on fewer than two goods or bads. DeLong et al. (1988), Biometrics 44:837; Sun & Xu (2014), IEEE SPL 21:1389.
    """
    outcome = outcomes(bad)
    is_bad = outcome == 1.0
    if min(is_bad.sum(), (~is_bad).sum()) < 2:
        raise ValueError("DeLong's test needs at least two goods and two bads")
    champion = _placements(is_bad, varied_risks(risk_champion, outcome.size))
    challenger = _placements(is_bad, varied_risks(risk_challenger, outcome.size))
    codes = customer_codes(customers, outcome.size)
    auc_champion, auc_challenger = float(champion[is_bad].mean()), float(challenger[is_bad].mean())
    difference = auc_challenger - auc_champion
    error = sqrt(max(0.0, _variance(challenger - champion - difference, is_bad, codes)))
    return PairedDifference(
        champion=auc_champion,
        challenger=auc_challenger,
        difference=difference,
        standard_error=error,
        p_value=upper_tail(difference, error),
    )


def auc_standard_error(bad: Numbers, risk: Numbers, *, customers: NDArray[Any] | None = None) -> float:
    """DeLong's standard error of one AUC; arguments and refusals as `delong`."""
    outcome = outcomes(bad)
    is_bad = outcome == 1.0
    if min(is_bad.sum(), (~is_bad).sum()) < 2:
        raise ValueError("DeLong's standard error needs at least two goods and two bads")
    placements = _placements(is_bad, risks(risk, outcome.size))
    centred = placements - placements[is_bad].mean()
    return sqrt(max(0.0, _variance(centred, is_bad, customer_codes(customers, outcome.size))))


def varied_risks(risk: Numbers, rows: int) -> Floats:
    """`risk` as float64 [rows]. Raises ValueError on NaN, or when all are equal: such a model cannot be compared."""
    values = risks(risk, rows)
    if (values == values[0]).all():
        raise ValueError("a model that gives every row the same risk cannot be compared")
    return values


def customer_codes(customers: NDArray[Any] | None, rows: int) -> Integers:
    """Customers as numbers 0, 1, …, one a row [rows]; every row its own customer when None."""
    if customers is None:
        return np.arange(rows)
    if np.shape(customers) != (rows,):
        raise ValueError(f"customers must be named one a row: {rows} rows, shape {np.shape(customers)}")
    codes: Integers = np.unique(np.asarray(customers), return_inverse=True)[1]
    return codes


def upper_tail(difference: float, standard_error: float) -> float:
    """P(normal >= difference / standard error); without any spread 0 for a gain and 1 for none."""
    if standard_error <= 0.0:
        return 0.0 if difference > 0.0 else 1.0
    return NormalDist().cdf(-difference / standard_error)


def _placements(is_bad: NDArray[np.bool_], risk: Floats) -> Floats:
    """For each bad the share of goods it outranks, for each good the share of bads that outrank it; ties count half."""
    overall = midranks(risk)
    bads, goods = int(is_bad.sum()), int((~is_bad).sum())
    placements = np.empty(risk.size)
    placements[is_bad] = (overall[is_bad] - midranks(risk[is_bad])) / goods
    placements[~is_bad] = 1.0 - (overall[~is_bad] - midranks(risk[~is_bad])) / bads
    return placements


def _variance(centred: Floats, is_bad: NDArray[np.bool_], codes: Integers) -> float:
    """Variance of a mean placement whose deviations are `centred`, rows of one customer taken together."""
    bads, goods = int(is_bad.sum()), int((~is_bad).sum())
    of_bads = np.bincount(codes, weights=np.where(is_bad, centred, 0.0))
    of_goods = np.bincount(codes, weights=np.where(is_bad, 0.0, centred))
    with_bads = np.unique(codes[is_bad]).size
    with_goods = np.unique(codes[~is_bad]).size
    if min(with_bads, with_goods) < 2:
        raise ValueError("DeLong's test needs at least two customers with goods and two with bads")
    own = (
        _inflated(with_bads) * (of_bads @ of_bads) / bads**2 + _inflated(with_goods) * (of_goods @ of_goods) / goods**2
    )
    return float(own + 2.0 * _inflated(of_bads.size) * (of_bads @ of_goods) / (bads * goods))


def _inflated(clusters: int) -> float:
    """The small-sample factor of a variance over so many independent parts."""
    return clusters / (clusters - 1.0)
