"""The declaration: what a team says once about a pipeline, in one YAML file. Every default is stated here."""

from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from kingmaker.domain.snapshot import ColumnKind
from kingmaker.domain.trial import Denoising, Imbalance
from kingmaker.pipeline.parts import DateText, Part, Span, SpanText
from kingmaker.pipeline.policy import Envelope, Gates, Grades, Policy, Promote
from kingmaker.pipeline.privacy import Pii
from kingmaker.pipeline.source import Joined, MaxCompute, SourceDeclaration, SqlTask

__all__ = [
    "Acceptance",
    "Cleaning",
    "ColumnCleaning",
    "Direction",
    "Envelope",
    "Features",
    "Gates",
    "Grades",
    "Joined",
    "LeakTreatment",
    "MaxCompute",
    "Outcome",
    "Pii",
    "Pipeline",
    "Policy",
    "Promote",
    "SourceDeclaration",
    "SqlTask",
    "Training",
    "Windows",
]


class Outcome(Part):
    """What makes a loan bad: a date on which it became known, with a horizon; or a ready label."""

    observed_at: str | None = None
    """Column with the date on which the bad outcome became known; empty for loans that never went bad."""
    horizon: SpanText = Span(count=12, unit="month")
    """A loan is bad when its outcome falls within this time after application; only then is it judged."""
    reporting_lag: SpanText = Span(count=7, unit="day")
    """How long an outcome may take to reach the source."""
    label: str | None = None
    """Column with a ready label instead of `observed_at`."""
    bad: str | int | float | bool = 1
    """The value of `label` that means bad."""
    good: tuple[str | int | float | bool, ...] = ()
    """Values of `label` that mean good. Default: the only value that is neither bad nor indeterminate."""
    indeterminate: tuple[str | int | float | bool, ...] = ()
    """Values of `label` that are neither good nor bad: left out of fitting, listed in the exclusions."""

    @model_validator(mode="after")
    def _one_way(self) -> "Outcome":
        if (self.observed_at is None) == (self.label is None):
            message = "say either `observed_at` (a date, with `horizon`) or `label` (a ready 0/1 column), and not both"
            raise ValueError(message)
        return self


class Windows(Part):
    """How the matured loans are cut by application date, newest last. Sizes are shares of all bads."""

    calibration: float = Field(default=0.10, gt=0, lt=0.5)
    """Share on which the pd is calibrated."""
    selection: float = Field(default=0.20, gt=0, lt=0.5)
    """Share on which the trials are ranked."""
    test: float = Field(default=0.20, gt=0, lt=0.5)
    """Share on which the one finalist meets the champion.

    Enlarged up to 30 % of the bads where that is needed to reach `policy.min_bads`.
    """
    since: DateText | None = None
    """Leave out applications before this date (YYYY-MM-DD)."""
    duplicates: SpanText = Span(count=30, unit="day")
    """Applications of one customer within this time of an earlier one count as duplicates; needs `customer`."""

    @model_validator(mode="after")
    def _leave_room(self) -> "Windows":
        if self.calibration + self.selection + self.test > 0.8:
            message = "calibration, selection and test together take more than 80 % of the bads: too little is left to train on"
            raise ValueError(message)
        return self


class Direction(StrEnum):
    """Which way pd must go as a value rises."""

    UP = "up"
    """pd must not fall as the value rises."""
    DOWN = "down"


class LeakTreatment(StrEnum):
    """What happens when the leak guard finds a column that knows the outcome."""

    REFUSE = "refuse"
    FORBID = "forbid"


class Features(Part):
    """Which columns the model may use."""

    include: tuple[str, ...] | Literal["auto"] = "auto"
    """`auto`: every usable column that is not forbidden; or a list of names."""
    forbid: tuple[str, ...] = ()
    """Columns that are never used, e.g. known only after the decision."""
    allow: tuple[str, ...] = ()
    """Columns the leak guard suspects and that a person has cleared."""
    leaks: LeakTreatment = LeakTreatment.REFUSE
    """`refuse`: a run that finds a leak stops and names it; `forbid`: it leaves the column out, says so loudly, and goes on."""
    monotone: dict[str, Direction] = Field(default_factory=dict)
    """Directions that the model must keep."""
    protected: tuple[str, ...] = ()
    """Attributes used for fairness reporting only, never as features."""
    kinds: dict[str, ColumnKind] = Field(default_factory=dict)
    """Overrides the guessed kind: `category` for numeric codes, `number` for text that holds numbers."""
    available_at: dict[str, str] = Field(default_factory=dict)
    """Columns with the day on which a feature's value became known, `bureau_score: bureau_day`.

    A value that became known after `applied_at`, or nobody knows when, is missing.
    """


class Acceptance(Part):
    """How the loans came into the book. Outcomes of approved loans alone flatter every challenger."""

    outcomes_of: Literal["everyone", "approved"] = "everyone"
    """Whose outcomes are known: of `everyone` whom the model is to judge, or only of those whom the champion `approved`."""
    share: float | None = Field(default=None, gt=0.05, le=1)
    """Share of applicants who were approved. Default: `policy.approval_rate`."""
    explored: str | None = None
    """Column that is true for would-be rejects who were accepted at random, to learn what became of them."""
    propensity: str | None = None
    """Column with the chance that such an applicant had of being accepted, in (0, 1]; others count as 1."""
    max_weight: float = Field(default=50.0, ge=1)
    """Weights (1 / propensity) are capped at this."""
    max_bias: float = Field(default=0.005, ge=0)
    """Spurious gain of AUC, simulated, above which a person decides."""

    @model_validator(mode="after")
    def _goes_together(self) -> "Acceptance":
        if (self.explored is None) != (self.propensity is None):
            message = "`explored` and `propensity` need each other: who was accepted at random, and with what chance"
            raise ValueError(message)
        return self


class ColumnCleaning(Part):
    """Overrides the automatic cleaning of one column."""

    missing: Literal["auto", "median", "keep"] | float = "auto"
    """`keep` leaves missing values to the learner; a number is a constant."""
    outliers: Literal["auto", "winsorise", "keep"] = "auto"
    """`keep` leaves them; otherwise they are pulled in to the quantiles of `cleaning.winsorise`."""
    scaling: Literal["auto", "none", "log", "standard", "min_max"] = "auto"
    """`auto` is `none`: trees need no scaling, and the scorecard's recipe bins."""
    encoding: Literal["auto", "one_hot", "ordinal", "woe"] = "auto"
    """For categories."""
    bins: Literal["auto", "quantile", "optimal"] | tuple[float, ...] = "auto"
    """How the scorecard's recipe bins a number; a list gives the edges."""


class Cleaning(Part):
    """How columns are cleaned. Everything is learnt on the train window only."""

    columns: dict[str, ColumnCleaning] = Field(default_factory=dict)
    """Columns that are cleaned in another way."""
    winsorise: tuple[float, float] = (0.001, 0.999)
    """Quantiles to which outliers are pulled in."""
    rare: float = Field(default=0.005, ge=0, lt=0.5)
    """Category levels with a smaller share are grouped."""
    max_levels: int = Field(default=1000, ge=2)
    """A category with more levels is left out; one that was asked for by name is refused: group its levels in a task."""
    max_bins: int = Field(default=8, ge=2, le=50)
    """Most bins of a number in the scorecard's recipe."""
    drop_unstable: bool = False
    """Leave out columns whose distribution changes most between months of the train window."""


class Training(Part):
    """The search for challengers."""

    learners: tuple[str, ...] = ("scorecard", "xgboost", "lightgbm", "ebm")
    """Names of installed learners; or `package.module:Class` for one of your own."""
    trials: int = Field(default=24, ge=1, le=10_000)
    """Trials in all; each learner's first one uses its default hyperparameters."""
    minutes: float = Field(default=60.0, gt=0)
    """The search starts no trial after this; a run that this limit ended says so."""
    trial_minutes: float = Field(default=10.0, gt=0)
    """A trial that takes longer is ended, and counted as out of time."""
    trial_memory_gb: float = Field(default=4.0, gt=0)
    """A trial that needs more is ended, and counted as out of memory."""
    imbalance: tuple[Imbalance, ...] = (Imbalance.NONE, Imbalance.WEIGHT)
    """Choices that trials are judged on."""
    denoising: tuple[Denoising, ...] = (Denoising.NONE,)
    """Choices of rows to leave out of training, that trials are judged on."""
    max_rows: int = Field(default=1_000_000, ge=1000)
    """Larger train windows are thinned of goods, with weights that restore their share."""
    seed: int = Field(default=7, ge=0)
    """Every draw of the run follows from it: the same seed, data and day give the same model."""


class Pipeline(Part):
    """A pipeline as its team declared it."""

    pipeline: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")
    """name of lower-case letters, digits, `-` and `_`, a letter first"""
    source: SourceDeclaration
    """Where the loans come from."""
    pii: Pii = Pii()
    """Columns with personal data, and what becomes of them."""
    id: str
    """Column that names the application; or `row number` where the file has none."""
    customer: str | None = None
    """Column that names the customer: one customer never stands in two windows. Default: every row is its own."""
    applied_at: str | None = None
    """Column with the application date. `null` falls back to a random split that cannot judge drift or maturity."""
    outcome: Outcome
    """What makes a loan bad."""
    population: str | None = None
    """SQL condition on the rows that belong to the book, e.g. `product = 'instalment'`."""
    amount: str | None = None
    """Column with the amount lent, for money figures."""
    acceptance: Acceptance = Acceptance()
    """How the loans came into the book."""
    windows: Windows = Windows()
    """How the loans are cut by time."""
    features: Features = Features()
    """Which columns the model may use."""
    cleaning: Cleaning = Cleaning()
    """How columns are cleaned."""
    training: Training = Training()
    """The search for challengers."""
    policy: Policy = Policy()
    """What is good enough, and who decides."""

    @model_validator(mode="after")
    def _dates_go_together(self) -> "Pipeline":
        if self.applied_at is None and self.outcome.observed_at is not None:
            message = "`outcome.observed_at` needs `applied_at`: without an application date no horizon can be counted"
            raise ValueError(message)
        timed = {
            "source.joins": self.source.joins,
            "source.partitioned_by": self.source.partitioned_by,
            "features.available_at": self.features.available_at,
        }
        for place in (place for place, said in timed.items() if said and self.applied_at is None):
            message = f"`{place}` needs `applied_at`: it is held against the application date"
            raise ValueError(message)
        return self
