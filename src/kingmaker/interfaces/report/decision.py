"""The decision as one sentence, and the marks of outcomes."""

from dataclasses import dataclass

from kingmaker.domain.run import RunState
from kingmaker.domain.snapshot import Severity
from kingmaker.domain.verdict import Decision, GateOutcome, Verdict, VerdictReason
from kingmaker.interfaces.report.facts import ReportFacts


@dataclass(frozen=True, slots=True)
class Mark:
    """An outcome told three times: by colour (`kind`), by symbol and by word."""

    kind: str
    symbol: str
    word: str


@dataclass(frozen=True, slots=True)
class Headline:
    mark: Mark
    sentence: str
    because: str


_DECISIONS = {
    Decision.PROMOTE: Mark("good", "\u2713", "promote"),
    Decision.HOLD: Mark("hold", "!", "hold"),
    Decision.REJECT: Mark("bad", "\u2715", "reject"),
}
_OUTCOMES = {
    GateOutcome.PASSED: Mark("good", "\u2713", "passed"),
    GateOutcome.HELD: Mark("hold", "!", "held"),
    GateOutcome.FAILED: Mark("bad", "\u2715", "failed"),
    GateOutcome.NOT_JUDGED: Mark("open", "\u25cb", "not judged"),
}
_SEVERITIES = {
    Severity.NOTE: Mark("open", "\u25cb", "note"),
    Severity.WARNING: Mark("hold", "!", "warning"),
    Severity.REFUSAL: Mark("bad", "\u2715", "refusal"),
}


def decision_mark(decision: Decision) -> Mark:
    return _DECISIONS[decision]


def gate_mark(outcome: GateOutcome) -> Mark:
    return _OUTCOMES[outcome]


def severity_mark(severity: Severity) -> Mark:
    return _SEVERITIES[severity]


def headline(facts: ReportFacts) -> Headline:
    """What the run decided, or why it decided nothing."""
    if facts.verdict is not None:
        verdict = facts.verdict
        return Headline(_DECISIONS[verdict.decision], _sentence(verdict), verdict.sentence)
    if facts.run.state is RunState.RUNNING:
        return Headline(Mark("open", "\u25cb", "running"), "The run is not over: nothing is decided", facts.run.detail)
    return Headline(
        Mark("bad", "\u2715", facts.run.reason.value.replace("_", " ")),
        "The run stopped before a decision: nothing changes",
        facts.run.detail,
    )


def _sentence(verdict: Verdict) -> str:
    match verdict.decision, verdict.reason:
        case Decision.PROMOTE, VerdictReason.FIRST_CHAMPION:
            return "The challenger becomes the first champion"
        case Decision.PROMOTE, _:
            return "The challenger replaces the champion"
        case Decision.HOLD, VerdictReason.AWAITING_APPROVAL:
            return "The challenger waits for a person\u2019s approval"
        case Decision.HOLD, _:
            return "Held: nothing changes until a person decides or more loans mature"
        case _ if verdict.champion_version is None:
            return "Rejected: still no model is in force"
        case _:
            return "Rejected: the champion stays in force"
