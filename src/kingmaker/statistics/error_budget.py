"""How much chance of a false promotion each look at a test window may spend, so that every year of looks stays within a limit.

The budget accrues with time, and a look may spend what has accrued since the last one. By the union bound all looks of any
number of years together then err at most that often, whatever the overlap of their windows, however many trials were ranked
elsewhere, and however regularly or seldom anybody looks (Bonferroni; alpha spending needs no independence).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

DAYS_A_YEAR = 365
MOST_CARRIED = 0.25
"""Share of the yearly budget that one look may spend at most, however long nobody has looked."""


@dataclass(frozen=True, slots=True)
class Spend:
    """What one look took from the budget, on a day (an ordinal number)."""

    day: int
    alpha: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a look today may spend, `alpha`: nothing before `next_due`. `looks` and `spent` are of the last 365 days."""

    alpha: float
    looks: int
    spent: float
    next_due: int


def allowance(
    spends: Sequence[Spend], *, accrues_from: int, today: int, yearly: float = 0.05, looks_per_year: int = 52
) -> Allowance:
    """The level of a look today. `spends` are all earlier ones; the budget accrues from `accrues_from` or the last of them.

    Weekly looks: .05 * 7 / 365 = .00096 each, z = 3.10. Quarterly ones: .0125. Raises ValueError for a budget of nothing.
    """
    if looks_per_year < 1 or not 0.0 < yearly < 1.0:
        raise ValueError(
            f"an error budget needs at least one look and a level in (0, 1), not {looks_per_year}, {yearly}"
        )
    since = max([accrues_from, *(spend.day for spend in spends)])
    due = since + max(1, DAYS_A_YEAR // looks_per_year)
    this_year = [spend.alpha for spend in spends if today - DAYS_A_YEAR < spend.day <= today]
    accrued = yearly * min((today - since) / DAYS_A_YEAR, MOST_CARRIED)
    return Allowance(alpha=accrued if today >= due else 0.0, looks=len(this_year), spent=sum(this_year), next_due=due)


def required_z(alpha: float) -> float:
    """Standard errors by which a difference must exceed zero to pass at the one-sided level `alpha`. .05/52: 3.10."""
    return NormalDist().inv_cdf(1.0 - alpha)


def detectable_difference(standard_error: float, alpha: float, *, power: float = 0.80) -> float:
    """The true improvement that passes at `alpha` with probability `power`: smaller gains will mostly be missed."""
    return (required_z(alpha) + NormalDist().inv_cdf(power)) * standard_error
