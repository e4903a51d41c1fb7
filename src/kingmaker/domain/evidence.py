"""The evidence behind a verdict: what a model-risk committee looks at, as plain numbers."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalPoint:
    """One cut. Rates are in [0, 1]; `false_kill` is rejected goods / all goods; `caught` is rejected bads / all bads.

    Money is as in ModelEvidence, of this cut; None without an amount column, and in evidence recorded before it was kept.
    """

    approval_rate: float
    bad_rate: float
    false_kill: float
    caught: float
    false_kill_amount: float | None = None
    profit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBand:
    """A band of predicted pd: mean prediction against the observed bad rate with its 95 % Wilson interval."""

    rows: int
    mean_pd: float
    bad_rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow:
    """One grade on one window; the 95 % Wilson interval is of the bad rate."""

    name: str
    lowest_score: int | None
    rows: int
    share: float
    bads: int
    bad_rate: float
    mean_pd: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """One month of applications. `auc` is None with fewer than 20 bads; `psi` is against the calibration window."""

    month: date
    window: str
    rows: int
    bads: int
    bad_rate: float | None
    approval_rate: float
    auc: float | None
    psi: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectPoint:
    """One bin (number) or level (category) of a raw column: share of rows, mean predicted pd, observed bad rate.

    `bad_rate` is None where no row's outcome is known.
    """

    label: str
    share: float
    mean_pd: float
    bad_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureEvidence:
    """A raw column. `importance` is its share of the mean absolute contributions, all columns adding up to 1."""

    name: str
    importance: float
    effect: tuple[EffectPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEvidence:
    """How one model does on the test window (months: on all windows). Curves have at most 200 points."""

    version: str | None
    """None for a challenger that is not published yet."""
    learner: str
    rows: int
    bads: int
    auc: float
    auc_standard_error: float
    gini: float
    ks: float
    brier: float
    h_measure: float
    mean_pd: float
    bad_rate: float
    at_cut: ApprovalPoint
    false_kill_amount: float | None
    """Amount lent to good customers that the cut would have rejected, in the currency of the amount column."""
    false_kill_profit: float | None
    """What those customers would have earned: `false_kill_amount` times the declared return on a good loan."""
    profit_at_cut: float | None
    """Return on the good amounts approved at the cut less the loss on the bad ones, as declared, in the same currency."""
    roc: tuple[CurvePoint, ...]
    approval: tuple[ApprovalPoint, ...]
    calibration: tuple[CalibrationBand, ...]
    grades: tuple[GradeRow, ...]
    months: tuple[MonthRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """Fairness reporting: one group of a protected attribute on the test window, never used as a feature.

    `bad_rate` is None where no row's outcome is known.
    """

    attribute: str
    group: str
    rows: int
    approval_rate: float
    adverse_impact_ratio: float | None
    bad_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything the report shows about one run's models. `champion` is None when nobody was in force."""

    window: str
    """The window the models were judged on: `test`, or `selection` when no finalist was allowed to open the test window."""
    challenger: ModelEvidence | None
    champion: ModelEvidence | None
    features: tuple[FeatureEvidence, ...]
    groups: tuple[GroupRow, ...]
