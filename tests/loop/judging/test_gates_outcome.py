"""A number becomes an outcome: within the limit it passes, and what is not a number never does."""

import math

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.gates.outcome import at_least, chance_text, failed, held, in_order, limited, not_judged

numbers = st.floats(allow_nan=True, allow_infinity=True)


@given(numbers, numbers, st.sampled_from([GateOutcome.FAILED, GateOutcome.HELD]))
def test_nan_never_passes(value: float, limit: float, otherwise: GateOutcome) -> None:
    upper = limited("G9.any", value, limit, "", over=otherwise)
    lower = at_least("G9.any", value, limit, "", under=otherwise)
    assert (upper.outcome is GateOutcome.PASSED) == (value <= limit)
    assert (lower.outcome is GateOutcome.PASSED) == (value >= limit)
    if math.isnan(value) or math.isnan(limit):
        assert {upper.outcome, lower.outcome} == {otherwise}


@given(numbers, numbers)
def test_a_gate_reads_back_from_json_as_it_was(value: float, limit: float) -> None:
    for gate in (limited("G9.any", value, limit, "so"), at_least("G9.any", value, limit, "so")):
        assert msgspec.json.decode(msgspec.json.encode(gate), type=Gate) == gate


def test_a_limit_is_kept_by_reaching_it_exactly() -> None:
    assert limited("G9.any", 0.1, 0.1, "").outcome is GateOutcome.PASSED
    assert at_least("G9.any", 0.1, 0.1, "").outcome is GateOutcome.PASSED


def test_a_gate_that_is_not_judged_neither_fails_nor_holds() -> None:
    gate = not_judged("G9.any", "There is nothing to judge.")
    assert (failed([gate]), held([gate])) == ((), ())
    assert (gate.value, gate.limit) == (None, None)


def test_gates_are_told_in_order_of_their_number_and_otherwise_as_they_came() -> None:
    codes = ["G4.b", "G0.z", "G6.a", "G4.a", "G0.a"]
    assert [gate.code for gate in in_order(*(not_judged(code, "") for code in codes))] == [
        "G0.z",
        "G0.a",
        "G4.b",
        "G4.a",
        "G6.a",
    ]


def test_chances_below_a_millionth_are_not_told_as_nought() -> None:
    assert [chance_text(p) for p in (0.0, 0.00096, 0.5)] == ["p < 1e-06", "p 0.00096", "p 0.5"]
