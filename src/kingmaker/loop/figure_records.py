"""The few figures of each verdict, apart from what reads them."""

from dataclasses import dataclass
from datetime import date, datetime

from kingmaker.domain.verdict import Settlement, VerdictReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFigures:
    """One model on the loans that the verdict was reached on, at its cut. Shares in [0, 1]; None: it was not kept."""

    auc: float | None
    approval_rate: float | None
    false_kill: float | None
    bad_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """What a run decided, as it was recorded. `champion` None: nobody was in force; `challenger` None: there was none.

    `window` is the one that both were judged on, with `rows` loans and `bads` among them; empty and None where it is not kept.
    `candidate_version` is what was published, if anything was. `awaits_decision`: a person must approve or reject it.
    """

    run: int
    as_of: date
    recorded_at: datetime
    reason: VerdictReason
    sentence: str
    candidate_version: str | None
    awaits_decision: bool
    settlement: Settlement | None
    window: str
    rows: int | None
    bads: int | None
    champion: ModelFigures | None
    challenger: ModelFigures | None
