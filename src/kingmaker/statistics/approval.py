"""What happens at an approval cut: approval rate, bad rate, false kill, caught bads, and the amounts behind them.

At a cut that approves the share a, with bad rate b among the approved and p among all, the false kill is
(1 - a - p + a b) / (1 - p): approval and false kill are one number, so models are compared at the same approval rate.
Applicants whose risk equals the cut are approved in part, so that the approval rate is exactly the one asked for.
"""

from collections.abc import Sequence

import numpy as np

from kingmaker.domain.evidence import ApprovalPoint
from kingmaker.statistics.arrays import Booleans, Floats, Numbers, outcomes, rate, risks, weights
from kingmaker.statistics.ordering import TieGroups, tie_groups

SMALLEST_JUDGED_APPROVAL = 0.05
SMALLEST_JUDGED_BADS = 30
ROUNDING = 1e-9
"""Sums of weights that are equal but for their unit stand on the same side of a limit."""
AROUND = ((-0.05, 0.25), (0.0, 0.5), (0.05, 0.25))
"""Offsets from the approval rate and their weights in the false kill around it."""


def approval_point(
    bad: Numbers, risk: Numbers, approval_rate: float, *, weight: Numbers | None = None
) -> ApprovalPoint:
    """The cut that approves exactly the share `approval_rate`, in (0, 1], of the least risky applicants."""
    rate(approval_rate)
    return _points(tie_groups(bad, risk, weight), np.array([approval_rate]))[0]


def approval_curve(
    bad: Numbers, risk: Numbers, *, rates: Sequence[float] | None = None, weight: Numbers | None = None
) -> tuple[ApprovalPoint, ...]:
    """The cuts at `rates`, or at every full percent from 1 % to 100 %."""
    chosen = np.arange(1, 101) / 100.0 if rates is None else np.array([rate(value) for value in rates])
    return _points(tie_groups(bad, risk, weight), chosen)


def false_kill_around(bad: Numbers, risk: Numbers, approval_rate: float, *, weight: Numbers | None = None) -> float:
    """Quarter, half, quarter of the false kill at the approval rate - .05, at it, and + .05 (kept within 0 and 1)."""
    rate(approval_rate)
    groups = tie_groups(bad, risk, weight)
    goods, _ = _approved(groups, np.array([np.clip(approval_rate + offset, 0.0, 1.0) for offset, _ in AROUND]))
    return float(np.array([share for _, share in AROUND]) @ (1.0 - goods / groups.all_goods))


def approval_at_bad_rate(bad: Numbers, risk: Numbers, max_bad_rate: float, *, weight: Numbers | None = None) -> float:
    """The highest approval rate whose bad rate, and that of every stricter judged cut, is at most `max_bad_rate`.

    Cuts that approve less than 5 % or fewer than 30 bads are too noisy to be judged and are passed over. 0.0 when
    already the first judged cut is too bad. Raises ValueError with fewer than 30 bads in all, however they are weighted.
    """
    rate(max_bad_rate, "highest bad rate")
    outcome = outcomes(bad)
    groups = tie_groups(outcome, risk, weights(weight, outcome.size) / mean_of_bads(outcome, weight))
    mass, bads = groups.goods + groups.bads, groups.bads
    return float(highest_approval(np.cumsum(mass)[None, :], np.cumsum(bads)[None, :], max_bad_rate)[0])


def mean_of_bads(bad: Floats, weight: Numbers | None) -> float:
    """The mean weight of a bad, the unit in which bads are counted. Raises ValueError with fewer than 30 of them."""
    bads = float(bad.sum())
    if bads < SMALLEST_JUDGED_BADS:
        raise ValueError(f"an approval rate at a bad rate needs at least 30 bads, not {bads:g}")
    return float(weights(weight, bad.size) @ bad) / bads


def highest_approval(mass: Floats, bads: Floats, max_bad_rate: float) -> Floats:
    """`approval_at_bad_rate` of each row of cumulative [rows, cuts] mass and bads, strictest cut first; 0 without 30 bads."""
    total = mass[:, -1]
    approved_enough = mass >= (SMALLEST_JUDGED_APPROVAL - ROUNDING) * total[:, None]
    judged = approved_enough & (bads >= SMALLEST_JUDGED_BADS - ROUNDING)
    excess = bads - max_bad_rate * mass
    too_bad = judged & (excess > ROUNDING)
    first = np.argmax(too_bad, axis=1)
    row = np.arange(mass.shape[0])
    before = np.maximum(first - 1, 0)
    # Within the tied applicants of the first cut that is too bad, the excess rises linearly from not positive to positive.
    rise = np.where(too_bad[row, first], excess[row, first] - excess[row, before], 1.0)
    part = np.clip(-excess[row, before] / np.where(rise > 0.0, rise, 1.0), 0.0, 1.0)
    crossing = mass[row, before] + part * (mass[row, first] - mass[row, before])
    reached = np.where((first > 0) & judged[row, before], crossing / total, 0.0)
    return np.where(too_bad.any(axis=1), reached, judged.any(axis=1).astype(np.float64))


def approved_at(risk: Numbers, approval_rate: float) -> Booleans:
    """Who is approved when the share `approval_rate`, rounded to whole applicants, of the least risky is. Ties: row order."""
    values = risks(risk, np.size(risk))
    approved = np.zeros(values.size, dtype=np.bool_)
    approved[np.argsort(values, kind="stable")[: round(rate(approval_rate) * values.size)]] = True
    return approved


def rejected_good_amount(bad: Numbers, approved: Booleans, amount: Floats) -> float:
    """Amount asked for by good customers who are not approved. Rows without an amount (NaN) add nothing."""
    lost = (outcomes(bad, both_classes=False) == 0.0) & ~np.asarray(approved, dtype=np.bool_)
    return float(np.nansum(np.where(lost, amount, 0.0)))


def _approved(groups: TieGroups, rates: Floats) -> tuple[Floats, Floats]:
    """Goods and bads approved at each rate, tied applicants in part."""
    goods, bads = groups.cumulative()
    mass = goods + bads
    asked = rates * mass[-1]
    return np.interp(asked, mass, goods), np.interp(asked, mass, bads)


def _points(groups: TieGroups, rates: Floats) -> tuple[ApprovalPoint, ...]:
    goods, bads = _approved(groups, rates)
    return tuple(
        ApprovalPoint(
            approval_rate=float(share),
            bad_rate=float(bad / (good + bad)),
            false_kill=float(1.0 - good / groups.all_goods),
            caught=float(1.0 - bad / groups.all_bads),
        )
        for share, good, bad in zip(rates, goods, bads, strict=True)
    )
