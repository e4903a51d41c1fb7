"""A verdict: champion against challenger, every gate with its number, and the decision with its reasons."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Decision(StrEnum):
    PROMOTE = "promote"
    HOLD = "hold"
    REJECT = "reject"


class GateOutcome(StrEnum):
    PASSED = "passed"
    HELD = "held"
    """Neither good enough to go on unattended nor bad enough to refuse: a person decides."""
    FAILED = "failed"
    NOT_JUDGED = "not_judged"
    """The data needed for the gate do not exist; the sentence says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One limit and how the challenger stands against it.

    `code` is G0 to G7 with a dotted name (`G2.out_of_time`), `value` and `limit` are in the unit the sentence
    names, None where there is no number. `sentence` is for a person who knows loans, not this software.
    """

    code: str
    value: float | None
    limit: float | None
    outcome: GateOutcome
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One measure of champion and challenger on the same rows. `difference` is challenger minus champion."""

    measure: str
    window: str
    champion: float | None
    challenger: float
    difference: float | None
    standard_error: float | None
    p_value: float | None
    """One-sided: the probability of so large an improvement when the challenger is no better."""


class VerdictReason(StrEnum):
    """Why the verdict is what it is: the reason decides the decision."""

    FIRST_CHAMPION = "first_champion"
    PROVEN_BETTER = "proven_better"
    STRICTLY_GREATER = "strictly_greater"
    APPROVED = "approved"
    AWAITING_APPROVAL = "awaiting_approval"
    NOT_ENOUGH_BADS = "not_enough_bads"
    NOT_PROVEN_BETTER = "not_proven_better"
    GATE_HELD = "gate_held"
    GATE_FAILED = "gate_failed"
    NO_CANDIDATE = "no_candidate"
    IDENTICAL = "identical"
    CHAMPION_NOT_COMPARABLE = "champion_not_comparable"
    NO_LOOK_DUE = "no_look_due"
    AWAITING_SECOND_LOOK = "awaiting_second_look"
    NOT_CONFIRMED = "not_confirmed"
    OUTSIDE_ENVELOPE = "outside_envelope"
    SELECTION_BIASED = "selection_biased"
    REPLACED = "replaced"
    NEVER_REPLACED = "never_replaced"
    REFUSED_BY_PERSON = "refused_by_person"
    CHAMPION_FROZEN = "champion_frozen"
    """It would have been promoted, but somebody has frozen the champion."""

    def to_decision(self) -> Decision:
        match self:
            case (
                VerdictReason.FIRST_CHAMPION
                | VerdictReason.PROVEN_BETTER
                | VerdictReason.STRICTLY_GREATER
                | VerdictReason.APPROVED
                | VerdictReason.REPLACED
            ):
                return Decision.PROMOTE
            case (
                VerdictReason.AWAITING_APPROVAL
                | VerdictReason.NOT_ENOUGH_BADS
                | VerdictReason.GATE_HELD
                | VerdictReason.CHAMPION_NOT_COMPARABLE
                | VerdictReason.AWAITING_SECOND_LOOK
                | VerdictReason.OUTSIDE_ENVELOPE
                | VerdictReason.SELECTION_BIASED
                | VerdictReason.CHAMPION_FROZEN
            ):
                return Decision.HOLD
            case (
                VerdictReason.NOT_PROVEN_BETTER
                | VerdictReason.GATE_FAILED
                | VerdictReason.NO_CANDIDATE
                | VerdictReason.IDENTICAL
                | VerdictReason.REFUSED_BY_PERSON
                | VerdictReason.NO_LOOK_DUE
                | VerdictReason.NOT_CONFIRMED
                | VerdictReason.NEVER_REPLACED
            ):
                return Decision.REJECT


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapCell:
    """One cell of the swap set: applicants by what champion and challenger decide at the same approval rate."""

    cell: str
    """`both_approve`, `both_decline`, `swap_in` (only the challenger approves) or `swap_out`."""
    rows: int
    share: float
    bad_rate: float | None
    amount: float | None
    bad_amount: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapStress:
    """What the swap is worth if the newly approved were `multiplier` times as bad as measured."""

    multiplier: float
    swap_in_bad_rate: float
    """The stressed bad rate of the newly approved, at most 1."""
    bads_avoided: float
    """Bads among the newly declined less stressed bads among the newly approved; negative when the swap adds bads."""
    profit: float | None
    """Profit on the newly approved, stressed, less that on the newly declined, in the currency of the amount column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the run decided and why, complete enough to be argued with."""

    reason: VerdictReason
    sentence: str
    rule: str
    challenger_trial: int | None
    champion_version: str | None
    gates: tuple[Gate, ...]
    comparisons: tuple[Comparison, ...]
    swap_set: tuple[SwapCell, ...]
    swap_stress: tuple[SwapStress, ...] = ()
    """Empty without a swap set, and in verdicts recorded before it was measured."""
    published: str = ""
    """`refit`: the tested model fitted again on all matured loans; `tested`: the tested model itself; empty: nothing yet."""
    publication: str = ""
    """One sentence that says what was published, and why so."""
    agreement: tuple[Gate, ...] = ()
    """The gates G7 of a refit against the tested model; empty where nothing was refitted."""
    notes: tuple[str, ...] = ()
    """What must be known about how the verdict was reached: whom the champion was represented by, whose outcomes are known."""

    @property
    def decision(self) -> Decision:
        return self.reason.to_decision()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What a person decided about a held challenger."""

    approved: bool
    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedVerdict:
    """A verdict as the ledger keeps it. `evidence` is a vault digest; no candidate means nothing could be published."""

    run: int
    verdict: Verdict
    evidence: str
    candidate_version: str | None
    recorded_at: datetime
    settlement: Settlement | None = None
