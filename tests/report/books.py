"""A plausible run of a consumer-loan pipeline, from the binormal model: every number follows from a few, no dice."""

import itertools
from dataclasses import dataclass, replace
from datetime import date
from math import cos, exp, log, sin, sqrt
from statistics import NormalDist

from kingmaker.domain.evidence import (
    ApprovalPoint,
    CalibrationBand,
    CurvePoint,
    EffectPoint,
    Evidence,
    FeatureEvidence,
    GradeRow,
    GroupRow,
    ModelEvidence,
    MonthRow,
)
from kingmaker.domain.snapshot import Window

NORMAL = NormalDist()
WINDOW_OF_YEAR = ((2018, Window.TRAIN), (2021, Window.CALIBRATION), (2022, Window.SELECTION), (2023, Window.TEST))


@dataclass(frozen=True)
class Binormal:
    """Goods score N(0, 1), bads N(distance, 1); `bads` of `rows` are bad."""

    distance: float
    rows: int = 24_310
    bads: int = 2_104

    @property
    def prior(self) -> float:
        return self.bads / self.rows

    @property
    def auc(self) -> float:
        return NORMAL.cdf(self.distance / sqrt(2))

    def approved(self, threshold: float) -> ApprovalPoint:
        goods, bads = NORMAL.cdf(threshold), NORMAL.cdf(threshold - self.distance)
        approved = (1 - self.prior) * goods + self.prior * bads
        return ApprovalPoint(
            approval_rate=approved, bad_rate=self.prior * bads / approved, false_kill=1 - goods, caught=1 - bads
        )

    def at_approval(self, rate: float) -> ApprovalPoint:
        low, high = -6.0, 6.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self.approved(middle).approval_rate < rate else (low, middle)
        return self.approved(low)

    def pd(self, score: float) -> float:
        odds = self.prior / (1 - self.prior) * exp(self.distance * score - self.distance**2 / 2)
        return odds / (1 + odds)


def model_evidence(model: Binormal, *, version: str | None, learner: str, wobble: float) -> ModelEvidence:
    rejected = [index / 150 for index in range(151)]
    caught = [
        1 - NORMAL.cdf(NORMAL.inv_cdf(1 - share) - model.distance) if 0 < share < 1 else share for share in rejected
    ]
    return ModelEvidence(
        version=version,
        learner=learner,
        rows=model.rows,
        bads=model.bads,
        auc=model.auc,
        auc_standard_error=0.0058,
        gini=2 * model.auc - 1,
        ks=2 * NORMAL.cdf(model.distance / 2) - 1,
        brier=0.0742,
        h_measure=0.142 + model.distance / 50,
        mean_pd=model.prior * 1.02,
        bad_rate=model.prior,
        at_cut=model.at_approval(0.70),
        false_kill_amount=model.at_approval(0.70).false_kill * 268_400_000,
        false_kill_profit=model.at_approval(0.70).false_kill * 268_400_000 * 0.05,
        profit_at_cut=model.at_approval(0.70).bad_rate * -90_000_000 + 9_000_000,
        roc=tuple(CurvePoint(x=x, y=y) for x, y in zip(rejected, caught, strict=True)),
        approval=tuple(model.at_approval(index / 100) for index in range(5, 101)),
        calibration=calibration_bands(model, wobble),
        grades=grade_rows(model),
        months=month_rows(model, wobble),
    )


def wilson(bads: int, rows: int) -> tuple[float, float]:
    rate, z = bads / rows, 1.96
    centre, spread = rate + z * z / (2 * rows), z * sqrt(rate * (1 - rate) / rows + z * z / (4 * rows * rows))
    return max(0.0, (centre - spread) / (1 + z * z / rows)), (centre + spread) / (1 + z * z / rows)


def calibration_bands(model: Binormal, wobble: float) -> tuple[CalibrationBand, ...]:
    rows = model.rows // 10
    bands = []
    for index in range(10):
        pd = model.pd(NORMAL.inv_cdf((index + 0.5) / 10) + 0.1)
        bads = round(rows * pd * (1 + wobble * sin(index * 1.7)))
        low, high = wilson(bads, rows)
        bands.append(CalibrationBand(rows=rows, mean_pd=pd, bad_rate=bads / rows, low=low, high=high))
    return tuple(bands)


def grade_rows(model: Binormal) -> tuple[GradeRow, ...]:
    grades = []
    shares, floors = (0.22, 0.26, 0.22, 0.18, 0.12), (612, 596, 581, 566, None)
    start = 0.0
    for name, share, floor in zip("ABCDE", shares, floors, strict=True):
        end = min(0.9999, start + share)
        outer, inner = model.at_approval(end), model.at_approval(max(start, 1e-6))
        rows = round(share * model.rows)
        bads = round((outer.bad_rate * outer.approval_rate - inner.bad_rate * inner.approval_rate) * model.rows)
        low, high = wilson(bads, rows)
        grades.append(
            GradeRow(
                name=name,
                lowest_score=floor,
                rows=rows,
                share=share,
                bads=bads,
                bad_rate=bads / rows,
                mean_pd=bads / rows * 1.03,
                low=low,
                high=high,
            )
        )
        start = end
    return tuple(grades)


def month_rows(model: Binormal, wobble: float) -> tuple[MonthRow, ...]:
    rows = []
    for index in range(78):
        month = date(2018 + index // 12, index % 12 + 1, 1)
        window = next(name for year, name in reversed(WINDOW_OF_YEAR) if month.year >= year)
        recent = month >= date(2024, 1, 1)
        size = 1500 + round(300 * sin(index / 5))
        rate = model.prior * (1 + 0.12 * cos(index / 7) + wobble * sin(index * 2.1))
        rows.append(
            MonthRow(
                month=month,
                window=Window.RECENT if recent else window,
                rows=size,
                bads=0 if recent else round(size * rate),
                bad_rate=None if recent else rate,
                approval_rate=0.71 + 0.02 * sin(index / 9) - wobble * 0.1 * cos(index),
                auc=None if recent else model.auc + 0.018 * (1 - index / 72) + 0.25 * wobble * sin(index * 1.3),
                psi=abs(0.012 * sin(index / 6)) + 0.09 * max(0.0, (index - 60) / 18) ** 2,
            )
        )
    return tuple(rows)


def feature_evidence() -> tuple[FeatureEvidence, ...]:
    importances = (
        ("bureau_score", 0.214), ("debt_to_income", 0.131), ("months_since_last_delinquency", 0.098),
        ("revolving_utilisation", 0.087),
        ("annual_income", 0.074), ("employment_length_years", 0.061), ("purpose", 0.055), ("loan_amount", 0.049),
        ("inquiries_last_6_months", 0.044), ("home_ownership", 0.038), ("open_accounts", 0.031), ("state", 0.027),
        ("term_months", 0.024), ("age_of_oldest_account_months", 0.021), ("verification_status", 0.018), ("channel", 0.014),
        ("public_records", 0.009), ("application_weekday", 0.005),
    )  # fmt: skip
    return tuple(
        FeatureEvidence(name=name, importance=importance, effect=_effect(name, index))
        for index, (name, importance) in enumerate(importances)
    )


def _effect(name: str, index: int) -> tuple[EffectPoint, ...]:
    if name == "purpose":
        labels = [
            "debt consolidation",
            "credit card",
            "home improvement",
            "small business",
            "medical",
            "other levels",
            "missing",
        ]
    else:
        edges = [round(100 * 1.9**step * (index + 1)) for step in range(6)]
        labels = [
            f"< {edges[0]:,}",
            *(f"{low:,} – {high:,}" for low, high in itertools.pairwise(edges)),
            f"≥ {edges[-1]:,}",
            "missing",
        ]
    steepness = (-1) ** index * (0.7 - index * 0.04)
    points = []
    for place, label in enumerate(labels):
        pd = 1 / (1 + exp(-(log(0.0866 / 0.9134) + steepness * (place - 3) / 2)))
        share = exp(-((place - 2.5) ** 2) / 6) / 4.2
        points.append(
            EffectPoint(label=label, share=share, mean_pd=pd, bad_rate=pd * (1 + 0.09 * sin(place * 2 + index)))
        )
    return tuple(points)


def group_rows() -> tuple[GroupRow, ...]:
    return (
        GroupRow(attribute="sex", group="female", rows=11_204, approval_rate=0.712, adverse_impact_ratio=1.0, bad_rate=0.081),
        GroupRow(attribute="sex", group="male", rows=13_106, approval_rate=0.690, adverse_impact_ratio=0.969, bad_rate=0.092),
        GroupRow(attribute="age", group="18 – 24", rows=2_310, approval_rate=0.631, adverse_impact_ratio=0.838, bad_rate=0.128),
        GroupRow(attribute="age", group="25 – 59", rows=19_920, approval_rate=0.753, adverse_impact_ratio=1.0, bad_rate=0.084),
        GroupRow(attribute="age", group="75+", rows=41, approval_rate=0.561, adverse_impact_ratio=None, bad_rate=0.049),
    )  # fmt: skip


def evidence(*, champion: bool = True, dated: bool = True) -> Evidence:
    challenger = model_evidence(Binormal(0.822), version=None, learner="xgboost", wobble=0.05)
    incumbent = model_evidence(Binormal(0.781), version="9f31c0de77aa" + "0" * 52, learner="scorecard", wobble=0.12)
    if not dated:
        challenger = _without_months(challenger)
        incumbent = _without_months(incumbent)
    return Evidence(
        window="test",
        challenger=challenger,
        champion=incumbent if champion else None,
        features=feature_evidence(),
        groups=group_rows(),
    )


def _without_months(model: ModelEvidence) -> ModelEvidence:
    return replace(model, months=())
