"""How much better a challenger looks for no other reason than that the champion chose the loans with a known outcome.

Among the loans that the champion approved, its own score has lost the range that it was cut on; a challenger's has lost
the less, the less the two agree. So an equally good challenger looks better, and no p-value on those loans repairs it.

Agreement is the correlation of the scores *within* goods and *within* bads. It is not that of the models' errors about
the true risk, which nobody observes: models with independent errors about one true risk still agree within a class, by
about .6 when their AUC is .71 and the log-odds rise by 1 with each standard deviation of the true risk.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from kingmaker.statistics.arrays import Floats, Numbers, outcomes, rate, risks
from kingmaker.statistics.discrimination import auc as auc_of
from kingmaker.statistics.ordering import midranks
from kingmaker.statistics.truncated_binormal import (
    LARGEST_CORRELATION,
    auc_of_shift,
    challenger_spread,
    champion_spread,
    correlation_before,
    cut_of_approved,
    cut_of_share,
    rising_root,
    shift_of,
)

LARGEST_AUC = 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class TruncationBias:
    """What an equally good challenger seems to gain on the loans that the champion approved; never below 0, no bias.

    `auc` is the spurious gain in AUC, `false_kill` the spurious fall in false kill: both are positive.
    """

    auc: float
    false_kill: float


def truncation_bias(
    *, approved_share: float, error_correlation: float, auc: float, bad_rate: float, approval_rate: float
) -> TruncationBias:
    """The bias when the champion approved `approved_share` of all applicants by its score, in the binormal model.

    `auc` and `bad_rate` are those of all applicants, `error_correlation` is the scores' correlation within goods and
    within bads, `approval_rate` the share of the approved loans at which false kill is compared. Raises ValueError
    unless shares are above 0 and at most 1, the correlation within 0 and 1, the AUC from .5 and below 1, and the bad
    rate between 0 and 1.
    """
    rate(approval_rate)
    if not (0.0 <= error_correlation <= 1.0 and 0.5 <= auc < 1.0 and 0.0 < bad_rate < 1.0):
        raise ValueError(
            "the correlation must lie within 0 and 1, the AUC from .5 and below 1 and the bad rate between 0 and 1, "
            f"not {error_correlation}, {auc} and {bad_rate}"
        )
    if rate(approved_share, "approved share") == 1.0:
        return TruncationBias(auc=0.0, false_kill=0.0)
    shift = shift_of(auc)
    cut = cut_of_share(approved_share, shift, bad_rate)
    bads = bad_rate * float(ndtr(cut - shift)) / approved_share
    champion = champion_spread(shift, cut)
    challenger = challenger_spread(shift, cut, min(error_correlation, LARGEST_CORRELATION))
    spared = champion.false_kill(bads, approval_rate) - challenger.false_kill(bads, approval_rate)
    return TruncationBias(auc=max(0.0, challenger.auc() - champion.auc()), false_kill=max(0.0, spared))


def bias_on_approved(
    bad: Numbers, risk_champion: Numbers, risk_challenger: Numbers, *, approved_share: float, approval_rate: float
) -> TruncationBias:
    """The bias in a comparison on these loans, all of which the champion approved: `approved_share` of its applicants.

    The AUC and the bad rate of all applicants are taken to be those of which the cut leaves the champion's AUC and the
    bad rate observed here. Only the order of the risks counts. Raises ValueError as `error_correlation` does.
    """
    population = _population(bad, risk_champion, approved_share)
    return truncation_bias(
        approved_share=approved_share,
        error_correlation=_correlation(bad, risk_champion, risk_challenger, population),
        auc=auc_of_shift(population.shift),
        bad_rate=population.bad_rate,
        approval_rate=approval_rate,
    )


def error_correlation(
    bad: Numbers, risk_champion: Numbers, risk_challenger: Numbers, *, approved_share: float
) -> float:
    """The scores' correlation within goods and within bads among all applicants, found from the approved loans alone.

    In each class the normal scores of the ranks are correlated, and the correlation is sought of which the cut leaves
    as much; both classes count alike. In [0, .999]; 0, the most bias, when a model does not tell a class's loans apart.
    Raises ValueError without goods and bads, on NaN risks, or on a share outside (0, 1].
    """
    return _correlation(bad, risk_champion, risk_challenger, _population(bad, risk_champion, approved_share))


@dataclass(frozen=True, slots=True)
class _Population:
    """All applicants: how much higher bads score than goods, how many are bad, and the score below which is approved."""

    shift: float
    bad_rate: float
    cut: float


def _population(bad: Numbers, risk: Numbers, approved_share: float) -> _Population:
    """The applicants of whom the approved have the bad rate and, by the champion's score, the AUC that is observed."""
    share = rate(approved_share, "approved share")
    bads, observed = float(outcomes(bad).mean()), auc_of(bad, risk)

    def excess(shift: float) -> float:
        return champion_spread(shift, cut_of_approved(share, shift, bads)).auc() - observed

    shift = rising_root(excess, 0.0, shift_of(LARGEST_AUC))
    cut = cut_of_approved(share, shift, bads)
    return _Population(shift=shift, bad_rate=share * bads / float(ndtr(cut - shift)), cut=cut)


def _correlation(bad: Numbers, risk_champion: Numbers, risk_challenger: Numbers, population: _Population) -> float:
    is_bad = outcomes(bad) == 1.0
    champion, challenger = risks(risk_champion, is_bad.size), risks(risk_challenger, is_bad.size)
    goods = _of_ranks(champion[~is_bad], challenger[~is_bad])
    bads = _of_ranks(champion[is_bad], challenger[is_bad])
    before = correlation_before(goods, population.cut), correlation_before(bads, population.cut - population.shift)
    return sum(before) / 2.0


def _of_ranks(champion: Floats, challenger: Floats) -> float:
    """The correlation of the normal scores of both ranks; 0 when a model says the same of all."""
    scores = [ndtri(midranks(risk) / (risk.size + 1.0)) for risk in (champion, challenger)]
    if min(np.ptp(score) for score in scores) == 0.0:
        return 0.0
    return float(np.corrcoef(*scores)[0, 1])
