"""The score scale and the grade thresholds: part of the model, never apart from it."""

from dataclasses import dataclass
from math import log


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreScale:
    """Points from pd: score = offset + factor * ln((1 - pd) / pd), rounded half to even; higher is safer.

    factor = points_to_double / ln 2, offset = base_score - factor * ln(base_odds), odds being goods per bad.
    """

    base_score: float = 600.0
    base_odds: float = 50.0
    points_to_double: float = 20.0

    @property
    def factor(self) -> float:
        return self.points_to_double / log(2.0)

    @property
    def offset(self) -> float:
        return self.base_score - self.factor * log(self.base_odds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A risk grade: every applicant whose rounded score is at least `lowest_score` and below the better grade's."""

    name: str
    lowest_score: int | None
    """None for the worst grade, which has no floor."""
    share: float
    bad_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Scale, grades from best to worst, and the approval cut: approve when the rounded score >= approve_from."""

    scale: ScoreScale
    grades: tuple[Grade, ...]
    approve_from: int
    approval_rate: float
    """Share of the reference applicants approved at the cut."""
    method: str
    note: str = ""
    """What had to be given up, e.g. neighbouring grades merged because their bad rates could not be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Platt scaling: pd = 1 / (1 + exp(-(intercept + slope * margin))), margin being the model's raw log-odds."""

    intercept: float
    slope: float
