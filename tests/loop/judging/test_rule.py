"""The promotion rule: every reason can be reached, and whatever is not known to be good enough does not promote."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kingmaker.domain.verdict import Decision, Gate, GateOutcome, VerdictReason
from kingmaker.loop.judging.gates.outcome import not_judged
from kingmaker.loop.judging.gates.proof import ENOUGH_BADS, Proof
from kingmaker.loop.judging.rule import Findings, decide
from kingmaker.pipeline.declaration import Promote


def gate(outcome: GateOutcome, code: str = "G2.any", sentence: str = "The gate's sentence.") -> Gate:
    return Gate(code=code, value=1.0, limit=1.0, outcome=outcome, sentence=sentence)


PASSED, HELD, FAILED = gate(GateOutcome.PASSED), gate(GateOutcome.HELD), gate(GateOutcome.FAILED)
PROVEN = Proof(gates=(PASSED, PASSED, PASSED), comparisons=(), strictly_greater=True, sentence="By this much.")
BEATEN = Proof(gates=(FAILED, FAILED, FAILED), comparisons=(), strictly_greater=False, sentence="Not better.")
GOOD = Findings(
    rule=Promote.PROVEN,
    gates=(PASSED,),
    enough_bads=True,
    champion_exists=True,
    champion_comparable=True,
    same_answers=False,
    proof=PROVEN,
    confirms=True,
    needs_second=True,
)
NO_CHAMPION = replace(GOOD, champion_exists=False, champion_comparable=False, proof=None)
REACHED = {
    VerdictReason.FIRST_CHAMPION: NO_CHAMPION,
    VerdictReason.PROVEN_BETTER: GOOD,
    VerdictReason.STRICTLY_GREATER: replace(GOOD, rule=Promote.POINT),
    VerdictReason.AWAITING_APPROVAL: replace(GOOD, rule=Promote.MANUAL),
    VerdictReason.NOT_ENOUGH_BADS: replace(GOOD, enough_bads=False),
    VerdictReason.NOT_PROVEN_BETTER: replace(GOOD, proof=BEATEN, confirms=False),
    VerdictReason.GATE_HELD: replace(GOOD, gates=(PASSED, HELD)),
    VerdictReason.GATE_FAILED: replace(GOOD, gates=(PASSED, FAILED)),
    VerdictReason.IDENTICAL: replace(GOOD, same_answers=True),
    VerdictReason.CHAMPION_NOT_COMPARABLE: replace(GOOD, champion_comparable=False, proof=None),
    VerdictReason.AWAITING_SECOND_LOOK: replace(GOOD, confirms=False),
    VerdictReason.NOT_CONFIRMED: replace(GOOD, proof=BEATEN),
    VerdictReason.OUTSIDE_ENVELOPE: replace(GOOD, envelope=(PASSED, HELD)),
    VerdictReason.SELECTION_BIASED: replace(GOOD, bias=(HELD,)),
    VerdictReason.REPLACED: replace(GOOD, rule=Promote.ALWAYS, gates=(FAILED,), proof=BEATEN),
}
BY_OTHERS = {
    VerdictReason.NO_CANDIDATE,
    VerdictReason.APPROVED,
    VerdictReason.REFUSED_BY_PERSON,
    VerdictReason.NO_LOOK_DUE,
    VerdictReason.NEVER_REPLACED,
    VerdictReason.CHAMPION_FROZEN,
}
"""Reached without opening the test window, by what a person settles, or by a freeze that publishing meets."""


def reason(findings: Findings) -> VerdictReason:
    return decide(findings)[0]


@pytest.mark.parametrize("expected", REACHED)
def test_every_reason_is_reached(expected: VerdictReason) -> None:
    found, sentence = decide(REACHED[expected])
    assert found is expected
    assert sentence.endswith(".")


def test_no_reason_is_left_over() -> None:
    assert set(REACHED) | BY_OTHERS == set(VerdictReason)


def test_a_failed_gate_beats_whatever_a_person_could_wave_through() -> None:
    held = replace(GOOD, gates=(HELD, FAILED))
    for findings in (
        held,
        replace(held, enough_bads=False),
        replace(held, rule=Promote.MANUAL),
        replace(held, champion_comparable=False, proof=None),
    ):
        assert reason(findings) is VerdictReason.GATE_FAILED


def test_few_bads_are_told_by_their_own_gate_whatever_else_waits() -> None:
    few = gate(GateOutcome.HELD, ENOUGH_BADS, "The test window holds 80 bads.")
    found, sentence = decide(replace(GOOD, gates=(HELD, few), enough_bads=False))
    assert (found, sentence) == (VerdictReason.NOT_ENOUGH_BADS, "The test window holds 80 bads.")


def test_equality_is_no_improvement_under_the_plain_rule() -> None:
    equal = replace(GOOD, rule=Promote.POINT, proof=replace(PROVEN, strictly_greater=False))
    assert reason(equal) is VerdictReason.NOT_PROVEN_BETTER


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("outcome", [outcome for outcome in GateOutcome if outcome is not GateOutcome.PASSED])
def test_the_proof_needs_all_of_its_parts(place: int, outcome: GateOutcome) -> None:
    parts = [PASSED, PASSED, PASSED]
    parts[place] = gate(outcome)
    short = replace(GOOD, proof=replace(PROVEN, gates=tuple(parts)))
    assert reason(replace(short, confirms=False)) is VerdictReason.NOT_PROVEN_BETTER
    assert reason(short) is VerdictReason.NOT_CONFIRMED


@pytest.mark.parametrize("waiting", [{"gates": (HELD,)}, {"bias": (HELD,)}, {"envelope": (HELD,)}])
def test_a_person_is_asked_only_about_a_challenger_that_is_better(waiting: dict[str, tuple[Gate, ...]]) -> None:
    held = replace(GOOD, confirms=False, **waiting)
    assert decide(held)[0].to_decision() is Decision.HOLD
    assert reason(replace(held, proof=BEATEN)) is VerdictReason.NOT_PROVEN_BETTER


def test_one_look_is_enough_where_the_policy_says_so() -> None:
    assert reason(replace(GOOD, confirms=False, needs_second=False)) is VerdictReason.PROVEN_BETTER


def test_the_plain_rule_waits_for_no_second_look() -> None:
    assert reason(replace(GOOD, rule=Promote.POINT, confirms=False)) is VerdictReason.STRICTLY_GREATER


@pytest.mark.parametrize("rule", [Promote.PROVEN, Promote.POINT])
def test_missing_champion_scores_promote_nobody(rule: Promote) -> None:
    missing = replace(GOOD, rule=rule, proof=None)
    assert reason(missing) is VerdictReason.CHAMPION_NOT_COMPARABLE
    assert reason(replace(missing, champion_comparable=False)) is VerdictReason.CHAMPION_NOT_COMPARABLE


def test_who_decides_by_hand_hears_how_the_proof_went() -> None:
    by_hand = replace(GOOD, rule=Promote.MANUAL)
    assert "it is proven better" in decide(by_hand)[1]
    assert "Not proven better" in decide(replace(by_hand, proof=BEATEN))[1]
    assert "comparison with the champion is missing" in decide(replace(by_hand, proof=None))[1]
    assert "no champion yet" in decide(replace(by_hand, champion_exists=False, proof=None))[1]


gates = st.lists(st.sampled_from([*map(gate, GateOutcome), not_judged("G3.any", "Nothing.")]), max_size=4).map(tuple)
parts = st.tuples(*[st.sampled_from([gate(outcome) for outcome in GateOutcome])] * 3)
proofs = st.none() | st.builds(
    Proof, gates=parts, comparisons=st.just(()), strictly_greater=st.booleans(), sentence=st.just("By this much.")
)


@given(st.builds(Findings, rule=st.sampled_from(Promote), gates=gates, proof=proofs))
def test_only_what_met_every_condition_is_promoted(findings: Findings) -> None:
    if decide(findings)[0].to_decision() is not Decision.PROMOTE or findings.rule is Promote.ALWAYS:
        return
    assert not {one.outcome for one in findings.gates} & {GateOutcome.FAILED, GateOutcome.HELD}
    assert findings.enough_bads
    assert not findings.same_answers
    assert findings.rule is not Promote.MANUAL
    if findings.champion_exists:
        assert findings.champion_comparable
        assert findings.proof is not None
        if findings.rule is not Promote.POINT:
            assert findings.confirms or not findings.needs_second
            assert {one.outcome for one in findings.proof.gates} == {GateOutcome.PASSED}
        else:
            assert findings.proof.strictly_greater


@given(st.builds(Findings, rule=st.sampled_from(Promote), gates=gates, proof=proofs))
def test_what_a_gate_failed_is_never_published(findings: Findings) -> None:
    if findings.rule is not Promote.ALWAYS and any(one.outcome is GateOutcome.FAILED for one in findings.gates):
        assert decide(findings)[0].to_decision() is Decision.REJECT


def test_the_rule_always_has_an_answer() -> None:
    for flags in product([True, False], repeat=4):
        enough, exists, comparable, same = flags
        for rule, proof in product(Promote, (None, PROVEN, BEATEN)):
            findings = replace(GOOD, rule=rule, proof=proof, enough_bads=enough, champion_exists=exists,
                               champion_comparable=comparable, same_answers=same)  # fmt: skip
            assert isinstance(reason(findings), VerdictReason)
