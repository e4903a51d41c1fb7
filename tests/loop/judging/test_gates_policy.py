"""G5: declared directions kept, a reason for every decline, and no protected group left behind."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from kingmaker.domain.evidence import GroupRow
from kingmaker.domain.snapshot import ColumnKind, Feature, Window
from kingmaker.domain.verdict import GateOutcome
from kingmaker.loop.judging.answers import margin_scorer, margins
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.feature_evidence import by_column
from kingmaker.loop.judging.gates.policy import fairness_gates, monotone_gate, reasons_gate
from kingmaker.pipeline.declaration import Gates

INCOME = Feature(name="income", kind=ColumnKind.NUMBER, monotone=-1)
Margin = Callable[[pl.DataFrame], np.ndarray]


def applicants(rows: int = 500) -> pl.DataFrame:
    random = np.random.default_rng(1)
    return pl.DataFrame({"income": random.lognormal(8, 0.5, rows), "debt": random.normal(0, 1, rows)})


def falling(frame: pl.DataFrame) -> np.ndarray:
    return -np.log(frame["income"].to_numpy()) + frame["debt"].to_numpy()


def with_a_bump(frame: pl.DataFrame) -> np.ndarray:
    """Falls with income, but for a stretch in the middle, and only for applicants deep in debt."""
    inside = (frame["income"].to_numpy() > 3500) & (frame["debt"].to_numpy() > 1.5)
    return falling(frame) + 2.0 * inside


def test_a_kept_direction_passes() -> None:
    assert monotone_gate([INCOME], applicants(), falling).outcome is GateOutcome.PASSED


@pytest.mark.parametrize("broken", [with_a_bump, lambda frame: -falling(frame)])
def test_a_direction_that_some_applicants_see_broken_fails_and_is_named(broken: Margin) -> None:
    gate = monotone_gate([INCOME], applicants(), broken)
    assert gate.outcome is GateOutcome.FAILED
    assert "income" in gate.sentence


def test_an_answer_that_is_no_number_breaks_the_direction() -> None:
    gate = monotone_gate([INCOME], applicants(), lambda frame: np.full(frame.height, np.nan))
    assert gate.outcome is GateOutcome.FAILED


def test_infinite_and_missing_values_are_no_grid() -> None:
    frame = applicants().with_columns(
        pl.when(pl.int_range(pl.len()) % 3 == 0)
        .then(float("inf"))
        .when(pl.int_range(pl.len()) % 3 == 1)
        .then(None)
        .otherwise("income")
        .alias("income")
    )
    assert monotone_gate([INCOME], frame, falling).outcome is GateOutcome.PASSED


def test_a_column_without_values_breaks_nothing() -> None:
    frame = applicants().with_columns(pl.lit(None, dtype=pl.Float64).alias("income"))
    assert monotone_gate([INCOME], frame, lambda rows: np.zeros(rows.height)).outcome is GateOutcome.PASSED


def test_without_directions_there_is_nothing_to_probe() -> None:
    undirected = Feature(name="debt", kind=ColumnKind.NUMBER)
    assert monotone_gate([undirected], applicants(), falling).outcome is GateOutcome.NOT_JUDGED


def test_the_graph_of_a_fitted_model_is_probed(bench: Bench, trees: Candidate) -> None:
    frame = bench.rows[Window.SELECTION].frame
    scorer = margin_scorer(trees.recipe, trees.form, threads=1)

    def margin(rows: pl.DataFrame) -> np.ndarray:
        return margins(scorer, trees.recipe, rows)

    assert monotone_gate([INCOME], frame, margin).outcome is GateOutcome.PASSED
    rising = Feature(name="income", kind=ColumnKind.NUMBER, monotone=1)
    assert monotone_gate([rising], frame, margin).outcome is GateOutcome.FAILED


def test_every_decline_has_a_column_that_pushed_towards_bad() -> None:
    contributions = np.array([[0.5, -0.2], [-0.1, 0.3], [-0.4, -0.1]])
    assert reasons_gate(contributions, np.array([False, False, True])).outcome is GateOutcome.PASSED
    gate = reasons_gate(contributions, np.array([True, False, False]))
    assert (gate.outcome, gate.value) == (GateOutcome.FAILED, 0.5)


def test_a_contribution_that_is_no_number_is_no_reason() -> None:
    gate = reasons_gate(np.array([[np.nan, -0.1]]), np.array([False]))
    assert gate.outcome is GateOutcome.FAILED


def test_outputs_of_one_column_that_cancel_out_are_no_reason() -> None:
    columns, summed = by_column(("purpose", "purpose", "income"), np.array([[0.4, -0.5, -0.1]]))
    assert columns == ["purpose", "income"]
    assert reasons_gate(summed, np.array([False])).outcome is GateOutcome.FAILED


def test_where_nobody_is_declined_no_reason_is_needed() -> None:
    assert reasons_gate(np.array([[-1.0]]), np.array([True])).outcome is GateOutcome.NOT_JUDGED


def group(name: str, ratio: float | None, attribute: str = "sex") -> GroupRow:
    return GroupRow(
        attribute=attribute, group=name, rows=500, approval_rate=0.7, adverse_impact_ratio=ratio, bad_rate=0.1
    )


def fairness(challenger: dict[str, float | None], champion: dict[str, float | None] | None = None) -> dict[str, str]:
    gates = fairness_gates(
        Gates(),
        [group(name, ratio) for name, ratio in challenger.items()],
        [group(name, ratio) for name, ratio in (champion or {}).items()],
    )
    return {gate.code: gate.outcome.value for gate in gates}


def test_a_group_approved_less_than_four_fifths_as_often_fails() -> None:
    assert fairness({"f": 0.80, "m": 1.0}) == {"G5.fairness": "passed"}
    assert fairness({"f": 0.79, "m": 1.0}) == {"G5.fairness": "failed"}


def test_a_group_that_loses_against_the_champion_fails_even_above_four_fifths() -> None:
    assert fairness({"f": 0.90, "m": 1.0}, {"f": 0.95, "m": 1.0})["G5.fairness_drop"] == "failed"
    assert fairness({"f": 0.94, "m": 1.0}, {"f": 0.95, "m": 1.0})["G5.fairness_drop"] == "passed"


def test_the_group_that_loses_most_need_not_be_the_one_approved_least() -> None:
    found = fairness({"a": 0.82, "b": 0.88, "c": 1.0}, {"a": 0.82, "b": 0.99, "c": 1.0})
    assert found == {"G5.fairness": "passed", "G5.fairness_drop": "failed"}


def test_groups_too_small_to_judge_are_not_measured() -> None:
    assert fairness({"x": None}) == {"G5.fairness": "not_judged"}
    assert fairness({"f": 0.9, "x": None}, {"x": 0.9}) == {"G5.fairness": "passed"}


def test_the_same_name_in_two_attributes_is_two_groups() -> None:
    gates = fairness_gates(Gates(), [group("yes", 0.9), group("yes", 1.0, "married")], [group("yes", 0.91)])
    assert [gate.outcome for gate in gates] == [GateOutcome.PASSED, GateOutcome.PASSED]
