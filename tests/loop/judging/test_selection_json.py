"""A selection is written so that it can be read again, whatever the data did to its numbers."""

from dataclasses import replace
from datetime import date

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.domain.evidence import Evidence
from kingmaker.domain.snapshot import ColumnKind, Feature, Window
from kingmaker.domain.verdict import Gate, GateOutcome, Verdict, VerdictReason
from kingmaker.loop.judging.answered import AnsweredWindow
from kingmaker.loop.judging.feature_evidence import feature_evidence
from kingmaker.loop.judging.gates.outcome import at_least, limited
from kingmaker.loop.judging.group_evidence import group_rows
from kingmaker.loop.judging.month_evidence import month_rows
from kingmaker.loop.selection import Ranked, Selection, selection_from_json, selection_to_json

numbers = st.floats(allow_nan=True, allow_infinity=True)
outcomes = st.lists(st.sampled_from([0.0, 1.0, float("nan")]), min_size=1, max_size=30)


def selection(gates: tuple[Gate, ...] = (), evidence: Evidence | None = None) -> Selection:
    verdict = Verdict(
        reason=VerdictReason.NO_CANDIDATE,
        sentence="None.",
        rule="proven",
        challenger_trial=None,
        champion_version=None,
        gates=gates,
        comparisons=(),
        swap_set=(),
    )
    ranked = Ranked(
        trial=1, learner="ebm", utility=None, standard_error=None, survived=False, failed_gates=("G1.answers",)
    )
    return Selection(verdict=verdict, evidence=evidence, finalist=None, ranking=(ranked,), champion_turn=0)


@given(st.lists(st.tuples(numbers, numbers), max_size=4))
def test_gates_of_any_numbers_read_back_as_they_were(pairs: list[tuple[float, float]]) -> None:
    gates = tuple(
        make(f"G{place}.any", value, limit, "So.")
        for place, (value, limit) in enumerate(pairs)
        for make in (limited, at_least)
    )
    found = selection(gates)
    assert selection_from_json(selection_to_json(found)) == found


@settings(deadline=None, max_examples=60)
@given(outcomes, st.integers(0, 2**20))
def test_evidence_on_rows_without_outcomes_reads_back_as_it_was(labels: list[float], seed: int) -> None:
    random = np.random.default_rng(seed)
    bad, rows = np.array(labels), len(labels)
    pd = random.uniform(0.01, 0.5, rows)
    frame = pl.DataFrame(
        {"income": random.choice([1.0, 2.0, np.inf, np.nan], rows), "sex": random.choice(["f", ""], rows)}
    )
    answered = AnsweredWindow(
        window=Window.RECENT,
        bad=bad,
        pd=pd,
        score=np.rint(600 - 100 * pd).astype(np.int64),
        month=np.full(rows, 24_240),
    )
    evidence = Evidence(
        window="test",
        challenger=None,
        champion=None,
        features=feature_evidence(
            features=(Feature(name="income", kind=ColumnKind.NUMBER),),
            frame=frame,
            origins=("income",),
            contributions=random.normal(size=(rows, 1)),
            pd=pd,
            bad=bad,
        ),
        groups=group_rows(attributes=("sex",), frame=frame, approved=pd < 0.2, bad=bad),
    )
    assert month_rows((answered,), approve_from=550)[0].month == date(2020, 1, 1)
    found = selection(evidence=evidence)
    assert selection_from_json(selection_to_json(found)) == found


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_could_not_be_read_again_is_not_written(number: float) -> None:
    gate = Gate(code="G9.any", value=number, limit=None, outcome=GateOutcome.FAILED, sentence="So.")
    assert selection_from_json(selection_to_json(selection((gate,)))).verdict.gates[0].value is None
    evidence = Evidence(window="test", challenger=None, champion=None, features=(), groups=())
    broken = replace(evidence, window=number)  # type: ignore[arg-type]
    with pytest.raises(msgspec.ValidationError):
        selection_to_json(selection(evidence=broken))
