"""How well a risk separates goods from bads: AUC, Gini, KS, H-measure and the ROC curve."""

import numpy as np
from scipy.optimize import isotonic_regression
from scipy.special import betainc, betaincc

from kingmaker.domain.evidence import CurvePoint
from kingmaker.statistics.arrays import Floats, Integers, Numbers, outcomes, risks, weights
from kingmaker.statistics.ordering import TieGroups, tie_groups


def auc(bad: Numbers, risk: Numbers, weight: Numbers | None = None) -> float:
    """P(risk of a bad > risk of a good) + half of P(equal), in [0, 1].

    Raises ValueError on NaN risk or a single class: there is no honest number then.
    """
    groups = tie_groups(bad, risk, weight)
    goods_below = np.cumsum(groups.goods) - 0.5 * groups.goods
    return float(groups.bads @ goods_below / (groups.all_goods * groups.all_bads))


def auc_within(bad: Numbers, risk: Numbers, stratum: Integers, weight: Numbers | None = None) -> float:
    """The mean AUC of the strata [rows], each counting by its bads; strata of one class say nothing and are left out.

    Pooling years whose bad rates differ rewards a model for telling the years apart. Within them it has to tell the
    loans apart, so the same model's figures on windows of different length can be compared. Raises ValueError when no
    stratum has both classes.
    """
    outcome, ranked = outcomes(bad), risks(risk, np.size(bad))
    mass = weights(weight, outcome.size)
    found, bads = [], []
    for one in np.unique(stratum):
        inside = stratum == one
        if 0.0 < outcome[inside].sum() < inside.sum():
            found.append(auc(outcome[inside], ranked[inside], mass[inside]))
            bads.append(float((outcome * mass)[inside].sum()))
    if not found:
        raise ValueError("no stratum has both goods and bads")
    return float(np.average(found, weights=bads))


def gini(bad: Numbers, risk: Numbers, weight: Numbers | None = None) -> float:
    """2 AUC - 1, in [-1, 1]."""
    return 2.0 * auc(bad, risk, weight) - 1.0


def ks(bad: Numbers, risk: Numbers, weight: Numbers | None = None) -> float:
    """Largest distance between the risk distributions of goods and bads, in [0, 1]. For reports, not for tests."""
    groups = tie_groups(bad, risk, weight)
    distance = np.cumsum(groups.goods) / groups.all_goods - np.cumsum(groups.bads) / groups.all_bads
    return float(np.abs(distance).max())


def roc_curve_points(bad: Numbers, risk: Numbers, *, max_points: int = 200) -> tuple[CurvePoint, ...]:
    """The ROC curve from (0, 0) to (1, 1): x is the share of goods, y of bads, at least as risky as the cut.

    Longer curves are thinned to `max_points` spread evenly along the curve.
    """
    groups = tie_groups(bad, risk)
    goods, bads = groups.cumulative()
    x = 1.0 - goods[::-1] / groups.all_goods
    y = 1.0 - bads[::-1] / groups.all_bads
    keep = _spread_along(x + y, max_points)
    return tuple(CurvePoint(x=float(x[i]), y=float(y[i])) for i in keep)


def _spread_along(length: Floats, max_points: int) -> list[int]:
    """Indices of at most `max_points` places, the first and the last among them, evenly spread over a rising length."""
    if length.size <= max_points:
        return list(range(length.size))
    found = np.searchsorted(length, np.linspace(length[0], length[-1], max_points))
    found[-1] = length.size - 1
    return [int(i) for i in np.unique(found)]


def h_measure(
    bad: Numbers, risk: Numbers, *, severity_ratio: float | None = None, weight: Numbers | None = None
) -> float:
    """One minus the loss expected under a Beta prior of the cost, relative to the loss without a model (Hand 2009).

    `severity_ratio` is the cost of a missed bad over that of a rejected good, n_bad / n_good when None. Fix it when
    windows with different bad rates are compared. Hand (2009), Machine Learning 77:103; shapes (2, 1 + 1 / ratio).
    """
    groups = tie_groups(bad, risk, weight)
    bad_share = groups.all_bads / (groups.all_goods + groups.all_bads)
    ratio = groups.all_bads / groups.all_goods if severity_ratio is None else severity_ratio
    if ratio <= 0:
        raise ValueError(f"the severity ratio must be positive, not {ratio}")
    first, second = 2.0, 1.0 + 1.0 / ratio
    goods, bads = hull_of_roc(groups)
    bends = np.diff(bads) * bad_share / (np.diff(bads) * bad_share + np.diff(goods) * (1.0 - bad_share))
    cost = np.concatenate([[0.0], bends, [1.0]])
    rejected_goods = np.diff(betainc(first + 1, second, cost)) * first / (first + second)
    missed_bads = np.diff(betainc(first, second + 1, cost)) * second / (first + second)
    loss = (1.0 - bad_share) * (1.0 - goods) @ rejected_goods + bad_share * bads @ missed_bads
    reject_all = betainc(first + 1, second, bad_share) * first / (first + second)
    approve_all = betaincc(first, second + 1, bad_share) * second / (first + second)
    return float(1.0 - loss / ((1.0 - bad_share) * reject_all + bad_share * approve_all))


def hull_of_roc(groups: TieGroups) -> tuple[Floats, Floats]:
    """Corners of the ROC curve's convex hull: shares of goods and of bads approved, from (0, 0) to (1, 1).

    The hull's edges are the blocks of the isotonic regression of the bad rate on the risk.
    """
    mass = groups.goods + groups.bads
    blocks = isotonic_regression(groups.bads / mass, weights=mass).blocks
    goods, bads = groups.cumulative()
    return goods[blocks] / groups.all_goods, bads[blocks] / groups.all_bads
