"""Selection as a whole: gates for everybody, the test window for one, and no way to win by breaking something."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kingmaker.domain.run import RunReason
from kingmaker.domain.snapshot import Window, WindowBasis
from kingmaker.domain.trial import Trial, TrialEnd
from kingmaker.domain.verdict import Decision, GateOutcome, VerdictReason
from kingmaker.learners.lightgbm import LightGBMLearner
from kingmaker.loop.judging.bench import Bench
from kingmaker.loop.publish import publish
from kingmaker.loop.select import BEFORE_TEST
from kingmaker.loop.selection import Selection, selection_from_json, selection_to_json

from .world import World, in_window, loans, pipeline_of

TESTED = in_window(Window.TEST)


def judged_before_the_test(selection: Selection) -> tuple[object, ...]:
    """All of a selection that may depend on nothing in the test window."""
    gates = [gate for gate in selection.verdict.gates if not gate.code.endswith(".test")]
    early = [gate for gate in gates if gate.code.startswith(("G0", "G1", "G2", "G3", "G4", "G5.monotone"))]
    return selection.finalist, selection.ranking, early


def test_the_test_window_is_not_among_the_windows_that_candidates_are_judged_on(bench: Bench) -> None:
    assert Window.TEST not in BEFORE_TEST
    assert Window.TEST not in bench.rows


@pytest.mark.parametrize(
    "changed",
    [
        pl.when(TESTED).then(1 - pl.col("_label")).otherwise("_label").alias("_label"),
        pl.when(TESTED).then(-pl.col("debt")).otherwise("debt").alias("debt"),
        pl.when(TESTED).then(pl.lit(None)).otherwise("income").alias("income"),
    ],
    ids=["outcomes", "features", "missing"],
)
def test_whatever_happened_in_the_test_window_the_finalist_is_the_same(world: World, changed: pl.Expr) -> None:
    as_it_was = judged_before_the_test(world.select())
    assert judged_before_the_test(world.seen_as(loans().with_columns(changed)).select()) == as_it_was


def poisoned(rows: pl.DataFrame) -> pl.DataFrame:
    """Loans whose test window cannot be looked at: its outcomes are unknown, so any statistic of them is refused."""
    return rows.with_columns(pl.when(TESTED).then(pl.lit(None)).otherwise("_label").alias("_label"))


def test_without_a_finalist_the_test_window_stays_closed(world: World) -> None:
    sealed = world.seen_as(poisoned(loans()))
    found = sealed.select(pipeline=pipeline_of(gates={"max_train_gap": -1.0}))
    assert (found.verdict.reason, found.evidence, found.finalist) == (VerdictReason.NO_CANDIDATE, None, None)
    assert found.verdict.decision is Decision.REJECT
    with pytest.raises(ValueError, match="0 \\(good\\) or 1 \\(bad\\)"):
        sealed.select()


def test_without_a_finalist_the_nearest_trial_says_why(world: World) -> None:
    found = world.select(pipeline=pipeline_of(gates={"max_train_gap": -1.0}))
    assert "G2.train_gap" in found.verdict.sentence
    assert [gate.code for gate in found.verdict.gates if gate.outcome is GateOutcome.FAILED] == ["G2.train_gap"]


def test_the_first_champion_meets_absolute_gates_alone(world: World) -> None:
    found = world.select()
    assert found.verdict.reason is VerdictReason.FIRST_CHAMPION
    assert found.verdict.comparisons == ()
    assert found.champion_turn == 0
    assert found.evidence is not None
    assert found.evidence.champion is None


def test_gates_are_told_from_g0_to_g6_and_all_of_them(world: World) -> None:
    codes = [gate.code.split(".")[0] for gate in world.select().verdict.gates]
    assert codes == sorted(codes)
    assert set(codes) == {f"G{number}" for number in range(7)}


def test_the_same_question_has_the_same_answer(world: World) -> None:
    assert selection_to_json(world.select()) == selection_to_json(world.select())


def test_a_selection_reads_back_as_it_was(world: World) -> None:
    for pipeline in (world.pipeline, pipeline_of(gates={"max_train_gap": -1.0})):
        found = world.select(pipeline=pipeline)
        assert selection_from_json(selection_to_json(found)) == found


def test_too_few_bads_wait_for_a_person(world: World) -> None:
    found = world.select(pipeline=pipeline_of(min_bads=5000))
    assert found.verdict.reason is VerdictReason.NOT_ENOUGH_BADS
    assert "5000" in found.verdict.sentence or "531" in found.verdict.sentence


def constant_model(world: World) -> Trial:
    """A tree model that was stopped before its first tree: everybody gets the same answer."""
    text = world.vault.read(world.trials[1].model or "").decode()
    fitted = LightGBMLearner().from_bytes(text.encode())
    assert fitted.used_outputs
    flat = world.fitted("lightgbm", 9, min_data_in_leaf=10**6)
    return replace(flat, auc_holdout=0.99, auc_train=0.99)


def test_a_model_that_answers_everybody_alike_costs_the_others_nothing(world: World) -> None:
    flat = constant_model(world)
    alone = world.select(trials=(flat,))
    assert alone.verdict.reason is VerdictReason.NO_CANDIDATE
    assert "same" in alone.verdict.sentence
    beside = world.select(trials=(*world.trials, flat))
    assert beside.finalist == world.select().finalist
    assert beside.ranking[-1].failed_gates == ("G1.answers",)
    assert selection_from_json(selection_to_json(beside)) == beside


def test_trials_that_did_not_end_with_a_model_are_not_judged(world: World) -> None:
    lost = replace(world.trials[0], key="l" * 64, end=TrialEnd.LOST, model=None)
    assert world.select(trials=(*world.trials, lost)).ranking == world.select().ranking


@pytest.fixture(scope="module")
def crowned(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A home of its own, whose scorecard is the champion."""
    world = World.make(tmp_path_factory.mktemp("crowned"), learners=("scorecard",))
    run, lease = world.open_run("first")
    publish(world.turn(run, lease), world.snapshot, world.select())
    world.house.ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    return replace(world, trials=(world.trials[0], world.fitted("lightgbm", 2))).some_months_later()


Change = Callable[[pl.DataFrame], pl.DataFrame]


def test_the_champion_itself_has_nothing_to_replace(crowned: World) -> None:
    assert crowned.select(trials=crowned.trials[:1]).verdict.reason is VerdictReason.IDENTICAL


def test_a_challenger_hardly_better_is_not_proven(crowned: World) -> None:
    found = crowned.select(trials=crowned.trials[1:])
    assert found.verdict.reason is VerdictReason.NOT_PROVEN_BETTER
    assert [comparison.measure for comparison in found.verdict.comparisons] == [
        "false_kill",
        "auc",
        "approval_at_bad_rate",
        "brier",
        "expected_profit",
    ]
    assert all(one.standard_error and one.p_value is not None for one in found.verdict.comparisons)
    assert sum(cell.rows for cell in found.verdict.swap_set) == 2400
    assert selection_from_json(selection_to_json(found)) == found


def test_by_hand_a_person_decides_and_hears_that_nothing_is_proven(crowned: World) -> None:
    found = crowned.select(trials=crowned.trials[1:], pipeline=pipeline_of(promote="manual"))
    assert found.verdict.reason is VerdictReason.AWAITING_APPROVAL
    assert "Not proven better" in found.verdict.sentence


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.drop("debt"),
        lambda frame: frame.with_columns(debt=None, income=None, region=None, branch=None),
    ],
    ids=["a column is gone", "all columns are empty"],
)
def test_a_champion_that_cannot_be_compared_is_replaced_by_a_person_only(
    crowned: World, tmp_path: Path, change: Change
) -> None:
    """Trials that read what is left, and a champion that reads what is not."""
    frame = loans().with_columns(age=pl.col("debt") * 2 + 40, salary="income")
    world = World.make(tmp_path, frame, learners=())
    kept = world.snapshot.features[:1]
    renamed = tuple(replace(kept[0], name=name, monotone=0) for name in ("age", "salary"))
    later = World.make(tmp_path / "later", change(frame), learners=(), features=renamed)
    trial = later.fitted("lightgbm", 1)
    borrowed = replace(later, house=replace(crowned.house, vault=later.vault), trials=(trial,))
    version = crowned.house.ledger.versions("loans")[0]
    later.vault.put(crowned.house.vault.fetch(version.archive))
    found = borrowed.select()
    assert found.verdict.reason is VerdictReason.CHAMPION_NOT_COMPARABLE
    assert found.verdict.decision is Decision.HOLD
    assert found.verdict.comparisons == ()
    refused = borrowed.select(pipeline=pipeline_of(gates={"max_calibration_error": 1e-9}))
    assert refused.verdict.decision is Decision.REJECT


FORGIVING = {"calibration_slope": (0.001, 1000.0), "max_calibration_error": 1e6, "max_brier_loss": 1.0}


def with_bads_in_the_test_window(bads: int) -> pl.DataFrame:
    keep = ~TESTED | (pl.col("_label") == 0) | ((pl.col("_label") == 1) & TESTED).cum_sum().le(bads)
    return loans().filter(keep.fill_null(value=True))


@pytest.mark.parametrize("bads", [1, 20])
def test_a_test_window_with_a_handful_of_bads_holds_rather_than_fails(world: World, bads: int) -> None:
    seen = world.seen_as(with_bads_in_the_test_window(bads))
    found = seen.select(pipeline=pipeline_of(gates=FORGIVING))
    assert found.verdict.reason is VerdictReason.NOT_ENOUGH_BADS
    assert (found.evidence is None) == (bads < 2)
    assert selection_from_json(selection_to_json(found)) == found


def test_beside_a_champion_a_test_window_with_a_handful_of_bads_is_not_opened(crowned: World) -> None:
    sealed = crowned.seen_as(poisoned(with_bads_in_the_test_window(20)))
    found = sealed.select(trials=crowned.trials[1:], pipeline=pipeline_of(gates=FORGIVING))
    assert found.verdict.reason is VerdictReason.NOT_ENOUGH_BADS
    assert (found.finalist, found.evidence) == (None, None)
    assert selection_from_json(selection_to_json(found)) == found


def test_answers_do_not_depend_on_the_order_of_customers_names(world: World) -> None:
    """But for the folds, which are drawn by name: the model that is tested is the same."""
    renamed = loans().with_columns(pl.col("_customer").str.reverse())
    before, after = world.select(), world.seen_as(renamed).select()
    assert before.finalist is not None
    assert after.finalist is not None
    assert (after.finalist.trial, after.finalist.model) == (before.finalist.trial, before.finalist.model)
    assert [ranked.utility for ranked in after.ranking] == [ranked.utility for ranked in before.ranking]


def test_what_is_tested_has_learnt_from_every_loan_before_the_test_window(world: World) -> None:
    finalist = world.select().finalist
    assert finalist is not None
    assert finalist.rehearsed
    assert finalist.until == world.snapshot.window(Window.SELECTION).last
    assert finalist.model != world.trials[finalist.trial - 1].model
    before = [world.snapshot.window(window).rows for window in (Window.TRAIN, Window.CALIBRATION, Window.SELECTION)]
    assert finalist.rows == sum(before)


def test_a_procedure_that_cannot_be_fitted_again_is_tested_as_its_trial_was(tmp_path: Path) -> None:
    world = World.make(tmp_path, loans(6000), learners=("tests.loop.odd_learners:Unrepeatable",))
    found = world.select()
    assert found.verdict.reason is VerdictReason.FIRST_CHAMPION
    assert found.finalist is not None
    assert not found.finalist.rehearsed
    assert found.finalist.model == world.trials[0].model


def test_amounts_that_are_unknown_are_no_amounts(world: World) -> None:
    nothing = loans().with_columns(pl.lit(None, dtype=pl.Float64).alias("_amount"))
    found = world.seen_as(nothing).select()
    assert found.evidence is not None
    assert found.evidence.challenger is not None
    assert found.evidence.challenger.false_kill_amount is None


def test_protected_groups_are_measured_at_the_declared_approval_rate(world: World) -> None:
    found = world.select()
    assert found.evidence is not None
    assert sorted(row.group for row in found.evidence.groups) == ["f", "m"]
    assert np.average(
        [row.approval_rate for row in found.evidence.groups], weights=[row.rows for row in found.evidence.groups]
    ) == pytest.approx(0.7, abs=1e-3)


def test_a_book_without_dates_and_without_recent_applicants_is_judged_by_what_it_has(world: World) -> None:
    undated = loans().filter(~in_window(Window.RECENT)).with_columns(pl.lit(None, dtype=pl.Date).alias("_applied_at"))
    seen = world.seen_as(undated)
    found = replace(seen, snapshot=replace(seen.snapshot, basis=WindowBasis.RANDOM)).select()
    outcomes = {gate.code: gate.outcome for gate in found.verdict.gates}
    assert found.verdict.reason is VerdictReason.FIRST_CHAMPION
    for code in ("G0.volume", "G0.bad_rate", "G2.months", "G3.score_stability", "G3.month_spread"):
        assert outcomes[code] is GateOutcome.NOT_JUDGED
    assert selection_from_json(selection_to_json(found)) == found


def test_loans_of_the_same_customers_are_judged_together(world: World) -> None:
    found = world.seen_as(loans(customers=3000)).select()
    assert found.verdict.reason is VerdictReason.FIRST_CHAMPION
    assert found.evidence is not None
    assert found.evidence.challenger is not None
    assert found.evidence.challenger.auc_standard_error > 0.0
