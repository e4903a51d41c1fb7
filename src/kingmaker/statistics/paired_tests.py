"""Champion against challenger on the same rows: DeLong's test of the AUC."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kingmaker.statistics.arrays import Floats, Integers, Numbers, outcomes, relative_weights, risks, weighted_counts


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
    bad: Numbers,
    risk_champion: Numbers,
    risk_challenger: Numbers,
    *,
    customers: NDArray[Any] | None = None,
    weight: Numbers | None = None,
) -> PairedDifference:
    """The difference in AUC with DeLong's standard error, in O(n log n).

    `customers` [n] names whose row it is: rows of one customer are not independent, and are summed before squaring
    (Obuchowski 1997, Biometrics 53:567). Without it every row is its own. `weight` [n] is 1 / the chance that the row
    is seen at all: each pair of a bad and a good counts the product of theirs; only the proportions matter. Raises
    ValueError on NaN or constant risks, fewer than two goods or bads, and weights that are not positive.
    DeLong et al. (1988), Biometrics 44:837; Sun & Xu (2014), IEEE SPL 21:1389.
    """
    rows = _judged(bad, customers, weight)
    champion = _placements(rows, varied_risks(risk_champion, rows.is_bad.size))
    challenger = _placements(rows, varied_risks(risk_challenger, rows.is_bad.size))
    auc_champion, auc_challenger = _mean(rows, champion), _mean(rows, challenger)
    difference = auc_challenger - auc_champion
    error = sqrt(max(0.0, _variance(rows, challenger - champion - difference)))
    return PairedDifference(
        champion=auc_champion,
        challenger=auc_challenger,
        difference=difference,
        standard_error=error,
        p_value=upper_tail(difference, error),
    )


def auc_standard_error(
    bad: Numbers, risk: Numbers, *, customers: NDArray[Any] | None = None, weight: Numbers | None = None
) -> float:
    """DeLong's standard error of one AUC; arguments and refusals as `delong`."""
    rows = _judged(bad, customers, weight)
    placements = _placements(rows, risks(risk, rows.is_bad.size))
    return sqrt(max(0.0, _variance(rows, placements - _mean(rows, placements))))


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


@dataclass(frozen=True, slots=True)
class _Judged:
    """Rows with both outcomes: the customer of each as a number, its weight, and the weight of all bads and of all goods."""

    is_bad: NDArray[np.bool_]
    codes: Integers
    weight: Floats
    bads: float
    goods: float


def _judged(bad: Numbers, customers: NDArray[Any] | None, weight: Numbers | None) -> _Judged:
    is_bad = outcomes(bad) == 1.0
    if min(is_bad.sum(), (~is_bad).sum()) < 2:
        raise ValueError("DeLong's test needs at least two goods and two bads")
    mass = relative_weights(weight, is_bad.size)
    codes = customer_codes(customers, is_bad.size)
    return _Judged(is_bad, codes, mass, float(mass[is_bad].sum()), float(mass[~is_bad].sum()))


def _placements(rows: _Judged, risk: Floats) -> Floats:
    """For each bad the share of goods it outranks, for each good the share of bads that outrank it; ties count half."""
    distinct, group = np.unique(risk, return_inverse=True)
    goods = weighted_counts(group, np.where(rows.is_bad, 0.0, rows.weight), distinct.size)
    bads = weighted_counts(group, np.where(rows.is_bad, rows.weight, 0.0), distinct.size)
    outranked = (np.cumsum(goods) - goods / 2.0) / rows.goods
    outranking = 1.0 - (np.cumsum(bads) - bads / 2.0) / rows.bads
    return np.where(rows.is_bad, outranked[group], outranking[group])


def _mean(rows: _Judged, placements: Floats) -> float:
    """The AUC: the mean placement of the bads."""
    return float((placements * rows.weight)[rows.is_bad].sum() / rows.bads)


def _variance(rows: _Judged, centred: Floats) -> float:
    """Variance of a mean placement whose deviations are `centred`, rows of one customer taken together."""
    deviation = rows.weight * centred
    of_bads = np.bincount(rows.codes, weights=np.where(rows.is_bad, deviation, 0.0))
    of_goods = np.bincount(rows.codes, weights=np.where(rows.is_bad, 0.0, deviation))
    with_bads = np.unique(rows.codes[rows.is_bad]).size
    with_goods = np.unique(rows.codes[~rows.is_bad]).size
    if min(with_bads, with_goods) < 2:
        raise ValueError("DeLong's test needs at least two customers with goods and two with bads")
    own = (
        _inflated(with_bads) * (of_bads @ of_bads) / rows.bads**2
        + _inflated(with_goods) * (of_goods @ of_goods) / rows.goods**2
    )
    return float(own + 2.0 * _inflated(of_bads.size) * (of_bads @ of_goods) / (rows.bads * rows.goods))


def _inflated(clusters: int) -> float:
    """The small-sample factor of a variance over so many independent parts."""
    return clusters / (clusters - 1.0)
