"""The policy: what is good enough to be published, and who decides. A part of the declaration."""

from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from kingmaker.pipeline.parts import Part, Span, SpanText


class Promote(StrEnum):
    """When a challenger that no gate stopped replaces the champion."""

    POINT = "point"
    """When its numbers are better, by however little."""
    PROVEN = "proven"
    """When it is better beyond chance and by enough."""
    MANUAL = "manual"
    """When a person approves it."""
    ALWAYS = "always"
    """At every run, whatever the gates say: what many teams do, here to be compared with."""
    NEVER = "never"
    """Not at all: runs train and record."""


class Gates(Part):
    """Limits of the leak guard and of the gates G0 to G5; docs/gates.md has each formula and what it protects against."""

    max_volume_change: float = 0.50
    """Largest change of the newest four weeks' loans against what was usual in the year before, as a share; beyond it a person
    decides."""
    max_bad_rate_sigma: float = 4.0
    """Farthest the bad rate may lie from that of the 12 months before, in standard deviations; beyond it a person decides."""
    max_column_auc: float = 0.85
    """AUC within application years above which a single column is taken for a leak."""
    max_auc_jump: float = 0.03
    """Largest rise of the AUC above the champion's and the run before; beyond it a person decides, for it looks like a leak."""
    max_parity: float = 1e-5
    """Largest difference of pd between the published graph and the trained model."""
    min_distinct_scores: int = 50
    """Fewest different pds on the selection window."""
    max_overfit: float = 0.02
    """(holdout AUC - selection AUC), or the champion's gap + .01 if that is larger."""
    max_train_gap: float = 0.10
    """AUC on the rows it was fitted on, less that on held-out customers; or the champion's gap + .01 if that is larger."""
    max_month_loss: float = 0.02
    """Largest loss of AUC against the champion in the worst month, less what chance explains."""
    max_psi: float = 0.10
    """Population stability index up to which today's applicants are those it knows; or the champion's if larger."""
    max_psi_hold: float = 0.25
    """The index up to which a person decides; beyond it the challenger fails."""
    calibration_slope: tuple[float, float] = (0.85, 1.15)
    """Lowest and highest slope of a logistic refit of the pd, beyond chance; 1 is right."""
    max_calibration_error: float = 0.10
    """|mean pd - bad rate| as a share of the bad rate, or the champion's if that is larger."""
    max_brier_loss: float = 0.0005
    """Largest rise of the Brier score above the champion's, at its upper 95 % bound."""
    min_adverse_impact_ratio: float = 0.80
    """Lowest approval rate of a protected group as a share of that of the most approved group."""
    max_adverse_impact_drop: float = 0.02
    """Largest fall of that share for any group against the champion."""


class Envelope(Part):
    """What may change without a person. A challenger that is outside waits for somebody to approve it."""

    families: Literal["declared", "same"] = "declared"
    """`declared`: any of `training.learners`; `same`: only the champion's."""
    new_features: bool = False
    """Whether the challenger may read columns that the champion does not."""
    max_score_psi: float = Field(default=0.25, ge=0)
    """Largest population stability index between both models' scores of the newest applicants."""
    max_decision_flips: float = Field(default=0.25, ge=0, le=1)
    """Largest share of the newest applicants whom the two models decide differently at the same approval rate."""


class Grades(Part):
    """How the grade thresholds are refitted."""

    method: Literal["optimal", "target_share", "target_bad_rate"] = "optimal"
    """`optimal`: cuts that tell good from bad best; or shares, or bad rates, that you name."""
    names: tuple[str, ...] = ("A", "B", "C", "D", "E")
    """Best first."""
    shares: tuple[float, ...] | None = None
    """For target_share: the share of applicants of each grade, adding up to 1. Default: equal."""
    bad_rates: tuple[float, ...] | None = None
    """For target_bad_rate: the highest bad rate of each grade but the last, increasing."""
    min_share: float = Field(default=0.03, gt=0, lt=0.5)
    """Smallest share of applicants in a grade."""
    min_bads: int = Field(default=30, ge=1)
    """Fewest bads in a grade."""
    base_score: float = 600.0
    """The score at `base_odds`."""
    base_odds: float = Field(default=50.0, gt=0)
    """Goods to one bad at `base_score`."""
    points_to_double: float = Field(default=20.0, gt=0)
    """Points that double the odds."""

    @model_validator(mode="after")
    def _fits(self) -> "Grades":
        if not 2 <= len(self.names) <= 10:
            message = "give 2 to 10 grade names, best first"
            raise ValueError(message)
        if self.shares is not None and (len(self.shares) != len(self.names) or abs(sum(self.shares) - 1) > 1e-6):
            message = f"`shares` needs one share a grade ({len(self.names)}) and they must add up to 1"
            raise ValueError(message)
        if self.method == "target_bad_rate" and (
            self.bad_rates is None
            or len(self.bad_rates) != len(self.names) - 1
            or list(self.bad_rates) != sorted(set(self.bad_rates))
        ):
            message = f"`bad_rates` needs {len(self.names) - 1} increasing rates, one for each grade but the last"
            raise ValueError(message)
        return self


class Policy(Part):
    """What is good enough, and who decides."""

    approval_rate: float = Field(default=0.70, gt=0.05, lt=1)
    """Share of applicants approved; champion and challenger are compared at this rate."""
    max_bad_rate: float | None = Field(default=None, gt=0, lt=1)
    """Risk appetite: the approval cut is then the highest approval whose bad rate stays below it, at most `approval_rate`."""
    promote: Promote = Promote.PROVEN
    """`proven`: better beyond chance and by enough; `point`: better by however little; `manual`: a person approves each;
    `always` and `never`: to compare with."""
    publish: Literal["refit", "tested"] = "refit"
    """`refit`: the winner fitted again on all matured loans, if it agrees with what was tested; `tested`: the tested model."""
    min_bads: int = Field(default=500, ge=30)
    """Fewer bads in the test window can prove nothing: the run trains and records, and holds."""
    proof: Literal["ranking", "both"] = "ranking"
    """What must be better beyond chance: `ranking`: the AUC, and the false kill lower; `both`: each of them."""
    min_improvement: float = Field(default=0.002, ge=0)
    """Smallest improvement of the AUC that is worth a replacement."""
    yearly_error: float = Field(default=0.05, gt=0, lt=0.5)
    """How likely at most a year of looks may promote a challenger that is no better. A look spends what has accrued since the
    last one."""
    looks_per_year: int = Field(default=52, ge=1, le=365)
    """Most looks at the test window in a year, evenly spaced. A run between two looks trains and records."""
    looks_to_pass: Literal[1, 2] = 2
    """How many successive looks one and the same challenger must pass."""
    cool_down: SpanText = Span(count=90, unit="day")
    """How long after a promotion nothing is replaced."""
    loss_given_default: float = Field(default=1.0, ge=0, le=1)
    """Loss of a bad loan as a share of its amount."""
    return_on_good: float = Field(default=0.05, ge=0)
    """Profit of a good loan as a share of its amount: what a false kill costs."""
    envelope: Envelope = Envelope()
    """What may change without a person."""
    gates: Gates = Gates()
    """What stops a challenger before it meets the champion."""
    grades: Grades = Grades()
    """How grades and scores are made of the pd."""
