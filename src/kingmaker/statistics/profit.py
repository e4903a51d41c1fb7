"""What a cut earns: the profit curve, and the expected maximum profit of a scorecard (Verbraken et al. 2014)."""

from dataclasses import dataclass

import numpy as np

from kingmaker.domain.evidence import CurvePoint
from kingmaker.statistics.arrays import Floats, Numbers, outcomes, rate, risks, weighted_counts, weights
from kingmaker.statistics.discrimination import hull_of_roc
from kingmaker.statistics.ordering import tie_groups


def expected_profit_curve(
    bad: Numbers,
    risk: Numbers,
    *,
    loss_given_default: float,
    return_on_good: float,
    amount: Floats | None = None,
    weight: Numbers | None = None,
) -> tuple[CurvePoint, ...]:
    """Profit per unit of money asked for (y) at every full percent of applicants approved (x).

    A good loan earns `return_on_good` of its amount, a bad one loses `loss_given_default` of it. Without amounts every
    loan counts the same; a missing amount (NaN) counts as nothing. `weight` [n] counts a row several times.
    """
    rates = np.arange(0, 101) / 100.0
    loan = (loss_given_default, return_on_good)
    values = _profit_at(rates, bad, risk, loan, amount, weight)
    return tuple(CurvePoint(x=float(x), y=float(y)) for x, y in zip(rates, values, strict=True))


def expected_profit(
    bad: Numbers,
    risk: Numbers,
    approval_rate: float,
    *,
    loss_given_default: float,
    return_on_good: float,
    amount: Floats | None = None,
    weight: Numbers | None = None,
) -> float:
    """The curve's profit when the least risky `approval_rate` of applicants are approved, tied ones in part."""
    at = np.array([rate(approval_rate)])
    return float(_profit_at(at, bad, risk, (loss_given_default, return_on_good), amount, weight)[0])


def _profit_at(
    rates: Floats,
    bad: Numbers,
    risk: Numbers,
    loan: tuple[float, float],
    amount: Floats | None,
    weight: Numbers | None,
) -> Floats:
    outcome = outcomes(bad)
    mass, asked = weights(weight, outcome.size), money(amount, outcome.size)
    gain = mass * earned(outcome, asked, *loan) / (mass * asked).sum()
    distinct, group = np.unique(risks(risk, outcome.size), return_inverse=True)
    profit = np.append(0.0, np.cumsum(weighted_counts(group, gain, distinct.size)))
    applicants = np.append(0.0, np.cumsum(weighted_counts(group, mass, distinct.size)))
    values: Floats = np.interp(rates, applicants / applicants[-1], profit)
    return values


def earned(bad: Floats, amount: Floats, loss_given_default: float, return_on_good: float) -> Floats:
    """What each loan earns once it is approved: [n]."""
    return amount * np.where(bad == 1.0, -loss_given_default, return_on_good)


def money(amount: Floats | None, rows: int) -> Floats:
    """Amounts asked for [rows]: 1 each when None, and 0 where missing (NaN). Raises ValueError on nothing in all."""
    if amount is None:
        return np.ones(rows)
    asked = np.nan_to_num(np.asarray(amount, dtype=np.float64))
    if asked.shape != (rows,) or asked.sum() <= 0.0:
        raise ValueError("profit needs an amount for each row, and amounts that add up to more than nothing")
    return asked


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedMaximumProfit:
    """Profit per unit of loan amount compared with approving everybody, and the share of applicants to reject."""

    profit: float
    rejection_share: float


def emp(
    bad: Numbers,
    risk: Numbers,
    *,
    no_loss: float = 0.55,
    total_loss: float = 0.10,
    return_on_good: float = 0.2644,
) -> ExpectedMaximumProfit:
    """Expected maximum profit of rejecting the riskiest, over an uncertain loss given default.

    A bad loan loses nothing with probability `no_loss`, everything with `total_loss`, and a uniform share of its amount
    otherwise. Replace the defaults, the ones of Verbraken et al. (2014), EJOR 238:505, by the lender's own.
    """
    if min(no_loss, total_loss, 1.0 - no_loss - total_loss) < 0 or return_on_good <= 0:
        raise ValueError("the loss probabilities must be shares of 1 and the return on a good loan positive")
    groups = tie_groups(bad, risk)
    rows = groups.all_goods + groups.all_bads
    goods, bads = hull_of_roc(groups)
    good = (1.0 - goods[::-1]) * groups.all_goods / rows
    caught = (1.0 - bads[::-1]) * groups.all_bads / rows
    steps = np.diff(caught)
    worth = return_on_good * np.diff(good) / np.where(steps > 0, steps, np.nan)
    # Corner i is the best cut for losses between worth[i - 1] and worth[i]; an edge without bads is never worth going.
    edges = np.clip(np.concatenate([[0.0], np.nan_to_num(worth, nan=1.0), [1.0]]), 0.0, 1.0)
    uniform = 1.0 - no_loss - total_loss
    saved = caught @ np.diff(edges**2) / 2.0 - return_on_good * (good @ np.diff(edges))
    best = int(np.argmax(caught - return_on_good * good))
    return ExpectedMaximumProfit(
        profit=float(uniform * saved + total_loss * (caught[best] - return_on_good * good[best])),
        rejection_share=float(uniform * ((good + caught) @ np.diff(edges)) + total_loss * (good[best] + caught[best])),
    )
