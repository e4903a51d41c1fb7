"""Ranking: one finalist, the simplest of those that cannot be told from the best."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.domain.snapshot import Window
from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.ranking import Contender, Merit, finalist_of, merit_of, ranking_of
from kingmaker.statistics.approval import false_kill_around
from kingmaker.statistics.paired_bootstrap import bootstrap_standard_error
from kingmaker.statistics.resampled_measures import FalseKillAround


def gate(outcome: GateOutcome) -> Gate:
    return Gate(code="G2.any", value=1.0, limit=1.0, outcome=outcome, sentence="A limit.")


def contender(
    candidate: Candidate, utility: float | None, *outcomes: GateOutcome, error: float = 0.01, psi: float = 0.0
) -> Contender:
    merit = None if utility is None else Merit(utility=utility, standard_error=error, psi=psi)
    return Contender(candidate=candidate, gates=tuple(gate(outcome) for outcome in outcomes), merit=merit)


def test_the_best_utility_wins_where_it_stands_apart(scorecard: Candidate, trees: Candidate) -> None:
    found = finalist_of([contender(scorecard, -0.30), contender(trees, -0.20)])
    assert found is not None
    assert found.candidate is trees


def test_within_one_standard_error_the_simpler_model_wins(scorecard: Candidate, trees: Candidate) -> None:
    for near, winner in ((-0.2099, scorecard), (-0.2101, trees)):
        found = finalist_of([contender(trees, -0.20), contender(scorecard, near)])
        assert found is not None
        assert found.candidate is winner


def test_the_error_that_counts_is_that_of_the_best(scorecard: Candidate, trees: Candidate) -> None:
    found = finalist_of([contender(trees, -0.20, error=0.001), contender(scorecard, -0.205, error=0.5)])
    assert found is not None
    assert found.candidate is trees


def test_of_two_models_of_one_family_the_one_that_reads_less_wins_a_tie(trees: Candidate) -> None:
    narrow = replace(trees, trial=replace(trees.trial, features=2))
    found = finalist_of([contender(trees, -0.20), contender(narrow, -0.205)])
    assert found is not None
    assert found.candidate is narrow


def test_a_contender_that_a_gate_failed_is_never_the_finalist(scorecard: Candidate, trees: Candidate) -> None:
    best = contender(trees, -0.10, GateOutcome.PASSED, GateOutcome.FAILED)
    found = finalist_of([best, contender(scorecard, -0.40)])
    assert found is not None
    assert found.candidate is scorecard
    assert finalist_of([best]) is None
    assert finalist_of([]) is None


def test_contenders_that_no_gate_holds_come_before_those_that_one_does(scorecard: Candidate, trees: Candidate) -> None:
    held = contender(trees, -0.10, GateOutcome.HELD)
    found = finalist_of([held, contender(scorecard, -0.40)])
    assert found is not None
    assert found.candidate is scorecard
    assert finalist_of([held]) is held


def test_a_contender_without_sound_answers_is_never_ranked_first(scorecard: Candidate, trees: Candidate) -> None:
    unsound = contender(trees, None, GateOutcome.FAILED)
    assert finalist_of([unsound]) is None
    last = ranking_of([unsound, contender(scorecard, -0.9, GateOutcome.FAILED)])[-1]
    assert (last.trial, last.utility, last.standard_error, last.survived) == (
        trees.trial.spec.number,
        None,
        None,
        False,
    )


def test_even_a_contender_that_no_gate_stopped_needs_merit(trees: Candidate) -> None:
    assert finalist_of([contender(trees, None)]) is None


outcomes = st.sampled_from([GateOutcome.PASSED, GateOutcome.HELD, GateOutcome.FAILED])


@settings(deadline=None, max_examples=50)
@given(st.permutations([(-0.2, GateOutcome.PASSED), (-0.201, GateOutcome.HELD), (-0.3, GateOutcome.FAILED)]))
def test_the_finalist_does_not_depend_on_the_order_of_the_trials(
    trees: Candidate, drawn: list[tuple[float, GateOutcome]]
) -> None:
    found = finalist_of([contender(trees, utility, outcome) for utility, outcome in drawn])
    assert found is not None
    assert found.merit == Merit(utility=-0.2, standard_error=0.01, psi=0.0)


def test_the_ranking_lists_survivors_first_then_by_utility_with_what_each_stumbled_over(trees: Candidate) -> None:
    listed = ranking_of([
        contender(trees, -0.1, GateOutcome.FAILED),
        contender(trees, -0.3),
        contender(trees, -0.2, GateOutcome.HELD),
    ])  # fmt: skip
    assert [ranked.utility for ranked in listed] == [-0.2, -0.3, -0.1]
    assert [ranked.failed_gates for ranked in listed] == [(), (), ("G2.any",)]


def test_merit_is_the_false_kill_around_the_approval_rate_less_penalties(bench: Bench, trees: Candidate) -> None:
    rows, margin = bench.rows[Window.SELECTION], trees.margins[Window.SELECTION]
    honest = replace(trees, trial=replace(trees.trial, auc_holdout=0.5))
    assert merit_of(bench, honest, 0.0).utility == pytest.approx(-false_kill_around(rows.bad, margin, 0.7))
    assert merit_of(bench, honest, 0.3).utility == pytest.approx(-false_kill_around(rows.bad, margin, 0.7) - 0.02)
    overfitted = replace(trees, trial=replace(trees.trial, auc_holdout=1.0))
    assert merit_of(bench, overfitted, 0.0).utility < merit_of(bench, honest, 0.0).utility - 0.05


def test_the_error_of_a_false_kill_is_that_of_a_cut_derived_anew(bench: Bench, trees: Candidate) -> None:
    """At a fixed approval rate only the bads among the approved can vary: a binomial error would be twice too large."""
    rows, margin = bench.rows[Window.SELECTION], trees.margins[Window.SELECTION]
    error = merit_of(bench, trees, 0.0).standard_error
    many = bootstrap_standard_error(rows.bad, margin, measure=FalseKillAround(0.7), draws=1000, seed=99)
    assert error == pytest.approx(many, rel=0.25)
    false_kill = false_kill_around(rows.bad, margin, 0.7)
    assert error < 0.7 * np.sqrt(false_kill * (1 - false_kill) / (rows.count - rows.bads))


def test_answers_that_are_not_numbers_have_no_merit(bench: Bench, trees: Candidate) -> None:
    margin = np.full_like(trees.margins[Window.SELECTION], np.nan)
    with pytest.raises(ValueError, match="NaN"):
        merit_of(bench, replace(trees, margins={**trees.margins, Window.SELECTION: margin}), 0.0)
