"""A lender whose champion approves 70 % of applicants: outcomes of its choice alone, or with some of the others explored."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from kingmaker.loop.judging.judged import Floats, JudgedRows

APPROVED = 0.7
ERROR = 0.75
"""Of each model, in standard deviations of the true log-odds."""


@dataclass(frozen=True)
class Applicants:
    """`truth` are log-odds of bad [n]; champion and challenger see them through errors of their own, as large as each other."""

    truth: Floats
    bad: Floats
    champion: Floats
    challenger: Floats
    dice: np.random.Generator

    @classmethod
    def drawn(cls, count: int, seed: int, *, skill: float = 0.0) -> "Applicants":
        """`skill` above 0 takes so much of the challenger's error away."""
        dice = np.random.default_rng(seed)
        truth = dice.normal(-2.5, 1.0, count)
        bad = (dice.random(count) < pd_of(truth)).astype(float)
        champion, challenger = ERROR * dice.normal(size=(2, count)) * np.array([[1.0], [1.0 - skill]])
        return cls(truth, bad, pd_of(truth + champion), pd_of(truth + challenger), dice)

    def known(self, *, explored: float = 0.0) -> "KnownLoans":
        """The loans that were made: the champion's choice, and the share `explored` of all others, taken at random."""
        approved = self.champion <= np.quantile(self.champion, APPROVED)
        tried = ~approved & (self.dice.random(self.bad.size) < explored)
        made = approved | tried
        weight = np.where(tried, 1.0 / explored, 1.0)[made] if explored else None
        return KnownLoans(judged(self.bad[made], weight), self.champion[made], self.challenger[made])


@dataclass(frozen=True)
class KnownLoans:
    rows: JudgedRows
    champion: Floats
    challenger: Floats


def pd_of(log_odds: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-log_odds))


def judged(bad: Floats, weight: Floats | None = None) -> JudgedRows:
    """Loans as the gates take them, each of a customer of its own."""
    number = np.arange(bad.size)
    return JudgedRows(
        frame=pl.DataFrame({"row": number}),
        bad=bad,
        amount=None,
        month=np.full(bad.size, 2021 * 12),
        customer=number,
        weight=weight,
    )
