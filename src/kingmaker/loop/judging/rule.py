"""The promotion rule: from gates and proof to the one reason that decides. No number is computed here."""

from collections.abc import Sequence
from dataclasses import dataclass

from kingmaker.domain.verdict import Gate, GateOutcome, VerdictReason
from kingmaker.loop.judging.gates.outcome import failed, held
from kingmaker.loop.judging.gates.proof import ENOUGH_BADS, Proof
from kingmaker.pipeline.declaration import Promote

Decided = tuple[VerdictReason, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the rule looks at. `proof` is None without a champion; `same_answers`: challenger and champion never differ.

    `envelope` and `bias` are the gates that only a challenger about to be promoted has to meet. `confirms`: this is the second
    look at one that passed the first; `needs_second`: a first look alone promotes nobody.
    """

    rule: Promote
    gates: Sequence[Gate]
    enough_bads: bool
    champion_exists: bool
    champion_comparable: bool
    same_answers: bool
    proof: Proof | None
    envelope: Sequence[Gate] = ()
    bias: Sequence[Gate] = ()
    confirms: bool = False
    needs_second: bool = False


def decide(findings: Findings) -> Decided:
    """The reason and its sentence. Fail closed: whatever is not known to be good enough does not promote.

    A failed gate comes before everything that a person could wave through: what it refuses is never published. A person is
    asked only about a challenger that would be promoted but for what is asked.
    """
    if findings.same_answers:
        return (
            VerdictReason.IDENTICAL,
            "The challenger answers every applicant as the champion does: nothing to replace.",
        )
    if findings.rule is Promote.ALWAYS:
        return VerdictReason.REPLACED, "This pipeline replaces at every run, whatever the gates and the champion say."
    return (
        _refused(findings)
        or _incomparable(findings)
        or _by_hand(findings)
        or _no_better(findings)
        or _awaited(findings)
        or _held(findings)
        or _promoted(findings)
    )


def _refused(findings: Findings) -> Decided | None:
    broken = failed(findings.gates)
    if not broken:
        return None
    return VerdictReason.GATE_FAILED, f"{_counted(broken)} failed. {broken[0].sentence}"


def _incomparable(findings: Findings) -> Decided | None:
    if findings.champion_exists and not findings.champion_comparable:
        return VerdictReason.CHAMPION_NOT_COMPARABLE, (
            "The champion cannot be scored on today's columns, so no comparison is possible; a person decides."
        )
    if not findings.enough_bads:
        lacking = [gate.sentence for gate in held(findings.gates) if gate.code == ENOUGH_BADS]
        return VerdictReason.NOT_ENOUGH_BADS, lacking[0] if lacking else "Too few bads to prove anything."
    if findings.champion_exists and findings.proof is None and findings.rule is not Promote.MANUAL:
        return VerdictReason.CHAMPION_NOT_COMPARABLE, "The comparison with the champion is missing; a person decides."
    return None


def _by_hand(findings: Findings) -> Decided | None:
    if findings.rule is not Promote.MANUAL:
        return None
    return (
        VerdictReason.AWAITING_APPROVAL,
        f"This pipeline promotes only when a person approves. {_advice(findings)}",
    )


def _advice(findings: Findings) -> str:
    """What the proven rule would have said, for the person who decides."""
    waiting = held((*findings.gates, *findings.envelope, *findings.bias))
    if waiting:
        return f"{_waiting(waiting)} {waiting[0].sentence}"
    if not findings.champion_exists:
        return "There is no champion yet, and every gate is met."
    if findings.proof is None:
        return "Every gate is met, and the comparison with the champion is missing."
    short = _short_of_proof(findings.proof)
    return f"Not proven better: {short[0].sentence}" if short else "Every gate is met, and it is proven better."


def _no_better(findings: Findings) -> Decided | None:
    proof = findings.proof
    if not findings.champion_exists or proof is None:
        return None
    if findings.rule is Promote.POINT:
        if proof.strictly_greater:
            return None
        return VerdictReason.NOT_PROVEN_BETTER, "The challenger is not better on the test window."
    short = _short_of_proof(proof)
    if not short:
        return None
    if findings.confirms:
        return (
            VerdictReason.NOT_CONFIRMED,
            f"What the first look showed, the second did not confirm. {short[0].sentence}",
        )
    return VerdictReason.NOT_PROVEN_BETTER, f"Not proven better. {short[0].sentence}"


def _held(findings: Findings) -> Decided | None:
    waiting = held(findings.gates)
    if waiting:
        return VerdictReason.GATE_HELD, f"{_waiting(waiting)} {waiting[0].sentence}"
    biased = held(findings.bias)
    if biased:
        return VerdictReason.SELECTION_BIASED, biased[0].sentence
    outside = held(findings.envelope)
    if outside:
        return VerdictReason.OUTSIDE_ENVELOPE, f"More would change than may change unattended. {outside[0].sentence}"
    return None


def _awaited(findings: Findings) -> Decided | None:
    if findings.rule is not Promote.PROVEN or not findings.needs_second or findings.confirms:
        return None
    if findings.proof is None:
        return None
    waiting = held((*findings.gates, *findings.bias, *findings.envelope))
    after = f" After that {_counted(waiting).lower()} will wait for a person: {waiting[0].sentence}" if waiting else ""
    return (
        VerdictReason.AWAITING_SECOND_LOOK,
        f"Passed its first look; one more, at newer loans, decides. {findings.proof.sentence}{after}",
    )


def _promoted(findings: Findings) -> Decided:
    if not findings.champion_exists:
        return VerdictReason.FIRST_CHAMPION, "There was no champion, and the challenger met every absolute gate."
    if findings.rule is Promote.POINT:
        return VerdictReason.STRICTLY_GREATER, "The challenger is better on the test window, by however little."
    looked = " at two looks" if findings.confirms else ""
    sentence = findings.proof.sentence if findings.proof else ""
    return VerdictReason.PROVEN_BETTER, f"Proven better{looked}. {sentence}"


def _waiting(gates: Sequence[Gate]) -> str:
    return f"{_counted(gates)} {'waits' if len(gates) == 1 else 'wait'} for a person."


def _counted(gates: Sequence[Gate]) -> str:
    return "One gate" if len(gates) == 1 else f"{len(gates)} gates"


def _short_of_proof(proof: Proof) -> list[Gate]:
    """Parts of the proof that are not shown; one that could not be judged shows nothing."""
    return [gate for gate in proof.gates if gate.outcome is not GateOutcome.PASSED]
