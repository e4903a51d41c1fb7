"""The promotion rule: from gates and proof to the one reason that decides. No number is computed here."""

from collections.abc import Sequence
from dataclasses import dataclass

from kingmaker.domain.verdict import Gate, GateOutcome, VerdictReason
from kingmaker.loop.judging.gates.outcome import failed, held
from kingmaker.loop.judging.gates.proof import ENOUGH_BADS, Proof
from kingmaker.pipeline.declaration import Promote


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the rule looks at. `proof` is None without a champion; `same_answers`: challenger and champion never differ."""

    rule: Promote
    gates: Sequence[Gate]
    enough_bads: bool
    champion_exists: bool
    champion_comparable: bool
    same_answers: bool
    proof: Proof | None


def decide(findings: Findings) -> tuple[VerdictReason, str]:
    """The reason and its sentence. Fail closed: whatever is not known to be good enough does not promote.

    A failed gate comes before everything that a person could wave through: what it refuses is never published.
    """
    if findings.same_answers:
        return (
            VerdictReason.IDENTICAL,
            "The challenger answers every applicant as the champion does: nothing to replace.",
        )
    return _refused(findings) or _held(findings) or _free_to_promote(findings)


def _refused(findings: Findings) -> tuple[VerdictReason, str] | None:
    broken = failed(findings.gates)
    if not broken:
        return None
    return VerdictReason.GATE_FAILED, f"{_counted(broken)} failed. {broken[0].sentence}"


def _held(findings: Findings) -> tuple[VerdictReason, str] | None:
    if findings.champion_exists and not findings.champion_comparable:
        return VerdictReason.CHAMPION_NOT_COMPARABLE, (
            "The champion cannot be scored on today's columns, so no comparison is possible; a person decides."
        )
    waiting = held(findings.gates)
    if not findings.enough_bads:
        lacking = [gate.sentence for gate in waiting if gate.code == ENOUGH_BADS]
        return VerdictReason.NOT_ENOUGH_BADS, lacking[0] if lacking else "Too few bads to prove anything."
    if waiting:
        verb = "waits" if len(waiting) == 1 else "wait"
        return VerdictReason.GATE_HELD, f"{_counted(waiting)} {verb} for a person. {waiting[0].sentence}"
    return None


def _counted(gates: Sequence[Gate]) -> str:
    return "One gate" if len(gates) == 1 else f"{len(gates)} gates"


def _free_to_promote(findings: Findings) -> tuple[VerdictReason, str]:
    if findings.rule is Promote.MANUAL:
        return (
            VerdictReason.AWAITING_APPROVAL,
            f"This pipeline promotes only when a person approves. {_advice(findings)}",
        )
    if not findings.champion_exists:
        return VerdictReason.FIRST_CHAMPION, "There was no champion, and the challenger met every absolute gate."
    return _against_the_champion(findings)


def _advice(findings: Findings) -> str:
    """What the proven rule would have said, for the person who decides."""
    if not findings.champion_exists:
        return "There is no champion yet, and every gate is met."
    if findings.proof is None:
        return "Every gate is met, and the comparison with the champion is missing."
    short = _short_of_proof(findings.proof)
    return f"Not proven better: {short[0].sentence}" if short else "Every gate is met, and it is proven better."


def _against_the_champion(findings: Findings) -> tuple[VerdictReason, str]:
    proof = findings.proof
    if proof is None:
        return VerdictReason.CHAMPION_NOT_COMPARABLE, "The comparison with the champion is missing; a person decides."
    if findings.rule is Promote.POINT:
        if proof.strictly_greater:
            return VerdictReason.STRICTLY_GREATER, "The challenger is better on the test window, by however little."
        return VerdictReason.NOT_PROVEN_BETTER, "The challenger is not better on the test window."
    short = _short_of_proof(proof)
    if short:
        return VerdictReason.NOT_PROVEN_BETTER, f"Not proven better. {short[0].sentence}"
    return VerdictReason.PROVEN_BETTER, f"Proven better on both measures. {proof.gates[0].sentence}"


def _short_of_proof(proof: Proof) -> list[Gate]:
    """Parts of the proof that are not shown; one that could not be judged shows nothing."""
    return [gate for gate in proof.gates if gate.outcome is not GateOutcome.PASSED]
