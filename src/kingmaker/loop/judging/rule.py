"""The promotion rule: from gates and proof to the one reason that decides. No number is computed here."""

from collections.abc import Sequence
from dataclasses import dataclass

from kingmaker.domain.verdict import Gate, VerdictReason
from kingmaker.loop.judging.gates.outcome import failed, held
from kingmaker.loop.judging.gates.proof import Proof
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
    """The reason and its sentence. Fail closed: whatever is not known to be good enough does not promote."""
    if findings.champion_exists and not findings.champion_comparable:
        return VerdictReason.CHAMPION_NOT_COMPARABLE, (
            "The champion cannot be scored on today's columns, so no comparison is possible; a person decides."
        )
    if findings.same_answers:
        return (
            VerdictReason.IDENTICAL,
            "The challenger answers every applicant as the champion does: nothing to replace.",
        )
    stopped = _stopped_by_a_gate(findings)
    if stopped:
        return stopped
    if findings.rule is Promote.MANUAL:
        return VerdictReason.AWAITING_APPROVAL, "Every gate is met; this pipeline promotes only when a person approves."
    if not findings.champion_exists:
        return VerdictReason.FIRST_CHAMPION, "There was no champion, and the challenger met every absolute gate."
    return _against_the_champion(findings)


def _stopped_by_a_gate(findings: Findings) -> tuple[VerdictReason, str] | None:
    broken, waiting = failed(findings.gates), held(findings.gates)
    if broken:
        return VerdictReason.GATE_FAILED, f"{len(broken)} gate(s) failed. {broken[0].sentence}"
    if not findings.enough_bads:
        return VerdictReason.NOT_ENOUGH_BADS, waiting[0].sentence if waiting else "Too few bads to prove anything."
    if waiting:
        return VerdictReason.GATE_HELD, f"{len(waiting)} gate(s) wait for a person. {waiting[0].sentence}"
    return None


def _against_the_champion(findings: Findings) -> tuple[VerdictReason, str]:
    proof = findings.proof
    if proof is None:
        return VerdictReason.CHAMPION_NOT_COMPARABLE, "The comparison with the champion is missing; a person decides."
    if findings.rule is Promote.POINT:
        if proof.strictly_greater:
            return VerdictReason.STRICTLY_GREATER, "The challenger's false kill is lower on the test window."
        return VerdictReason.NOT_PROVEN_BETTER, "The challenger's false kill is not lower on the test window."
    broken = failed(proof.gates)
    if broken:
        return VerdictReason.NOT_PROVEN_BETTER, f"Not proven better. {broken[0].sentence}"
    return VerdictReason.PROVEN_BETTER, f"Proven better on both measures. {proof.gates[0].sentence}"
