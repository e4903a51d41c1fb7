"""The refit: the winner as it was, on every matured loan, with margins that no loan's own outcome helped to make."""

import io
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.loop.judging.world import pipeline_of

from kingmaker.adapters.engines.local import LocalEngine
from kingmaker.domain.snapshot import Window
from kingmaker.domain.trial import Denoising
from kingmaker.domain.verdict import Decision, VerdictReason
from kingmaker.learners.registry import learner
from kingmaker.loop.refit import refit_key, why_not
from kingmaker.loop.refitting.record import Refit, refit_from_json, refit_to_json
from kingmaker.loop.selection import Selection

from .conftest import Bench, booked, with_other_outcomes


@pytest.fixture(scope="module")
def bench(bench_of: Callable[..., Bench]) -> Bench:
    return bench_of()


@pytest.fixture(scope="module")
def again(bench: Bench) -> Refit:
    return bench.refit()


def decided(selection: Selection, reason: VerdictReason) -> Selection:
    return replace(selection, verdict=replace(selection.verdict, reason=reason))


def test_it_is_fitted_on_the_loans_of_all_four_windows(bench: Bench, again: Refit) -> None:
    labelled = [bench.world.snapshot.window(window) for window in Window if window is not Window.RECENT]
    assert again.rows == sum(count.rows for count in labelled)
    assert again.bads == sum(count.bads for count in labelled)
    assert again.until == bench.world.snapshot.window(Window.TEST).last


def test_it_keeps_the_rounds_of_its_trial(bench: Bench, again: Refit) -> None:
    trial = bench.world.trials[0]
    assert again.model is not None
    fitted = learner("lightgbm").from_bytes(bench.world.vault.read(again.model))
    assert fitted.rounds == again.rounds == trial.rounds
    assert trial.rounds != trial.spec.hyperparameters["rounds"]


def test_it_learns_from_the_test_window_and_the_tested_model_does_not(
    bench: Bench, again: Refit, bench_of: Callable[..., Bench]
) -> None:
    other = bench_of(frame=with_other_outcomes(booked(), Window.TEST))
    tested = (bench.selection.finalist, other.selection.finalist)
    assert tested[0] is not None
    assert tested[1] is not None
    assert tested[0].model == tested[1].model
    assert other.refit().model != again.model


def test_the_margins_are_of_the_newest_two_windows_and_tell_good_from_bad(bench: Bench, again: Refit) -> None:
    assert again.margins is not None
    margins = np.load(io.BytesIO(bench.world.vault.read(again.margins)), allow_pickle=False)
    assert margins.shape == (sum(bench.world.snapshot.window(one).rows for one in (Window.SELECTION, Window.TEST)),)
    assert np.isfinite(margins).all()
    assert np.unique(margins).size > 100


def test_one_worker_or_two_give_the_same_bytes(bench: Bench, again: Refit) -> None:
    with closing(LocalEngine(2)) as engine:
        assert bench.refit(engine=engine) == again


def test_the_files_in_between_are_removed(bench: Bench, again: Refit) -> None:
    assert not list(bench.world.house.workspace.glob("refit-*"))
    assert refit_from_json(refit_to_json(again)) == again
    assert all(bench.world.vault.has(digest) for digest in again.files)


@pytest.mark.parametrize("name", ["xgboost", "scorecard", pytest.param("ebm", marks=pytest.mark.slow)])
def test_every_family_can_be_refitted_and_published(name: str, bench_of: Callable[..., Bench]) -> None:
    bench = bench_of(name)
    told, bundle = bench.publish(bench.refit())
    assert told.verdict.published == bundle.lineage.published_as == "refit"
    assert told.refitted is not None
    assert told.refitted.rounds == bench.world.trials[0].rounds


@pytest.mark.parametrize("denoising", [Denoising.DUPLICATES, Denoising.LABEL_NOISE])
def test_rows_that_its_trial_would_leave_out_are_found_again_among_all(
    denoising: Denoising, bench_of: Callable[..., Bench]
) -> None:
    frame = booked(2000)
    bench = bench_of("scorecard", frame[sorted([*range(2000), *range(1500, 1560)])])
    trial = bench.world.trials[0]
    noisy = replace(trial, key="n" * 64, spec=replace(trial.spec, denoising=denoising))
    assert bench.selection.finalist is not None
    finalist = replace(bench.selection.finalist, trial_key=noisy.key)
    other = replace(
        bench, world=replace(bench.world, trials=(noisy,)), selection=replace(bench.selection, finalist=finalist)
    )
    refitted = other.refit()
    assert refitted.model is not None
    assert refitted.rows <= 1960 if denoising is Denoising.LABEL_NOISE else refitted.rows == 1900
    assert refitted.bads > 0


def test_a_book_that_is_too_large_is_thinned_of_goods_and_still_answered_whole(bench: Bench, again: Refit) -> None:
    small = bench.world.pipeline.model_copy(
        update={"training": bench.world.pipeline.training.model_copy(update={"max_rows": 3000})}
    )
    thinned = bench.refit(pipeline=small)
    assert (thinned.rows, thinned.bads) == (3000, again.bads)
    assert thinned.margins is not None
    assert again.margins is not None
    assert len(bench.world.vault.read(thinned.margins)) == len(bench.world.vault.read(again.margins))


def test_a_fit_that_raises_leaves_a_fault_and_a_sentence_and_no_model(bench_of: Callable[..., Bench]) -> None:
    bench = bench_of("tests.loop.odd_learners:Tired")
    refitted = bench.refit()
    assert (refitted.model, refitted.failed) == (None, True)
    assert "the matrix is singular" in refitted.sentence
    fault = bench.world.house.ledger.faults(bench.run.number)[-1]
    assert (fault.stage, fault.kind, fault.trial) == ("refit", "raised", 1)
    told, bundle = bench.publish(refitted)
    assert (told.verdict.published, bundle.lineage.published_as) == ("tested", "tested")
    assert "the matrix is singular" in told.verdict.publication


def test_what_a_failed_refit_broke_off_is_nothing_to_the_next_on_the_same_engine(
    bench: Bench, again: Refit, bench_of: Callable[..., Bench]
) -> None:
    with closing(LocalEngine(2)) as engine:
        assert bench_of("tests.loop.odd_learners:Tired").refit(engine=engine).failed
        assert bench.refit(engine=engine) == again


def test_a_fit_that_takes_too_long_is_not_waited_for(bench: Bench) -> None:
    hurried = bench.world.pipeline.model_copy(
        update={"training": bench.world.pipeline.training.model_copy(update={"trial_minutes": 1e-4})}
    )
    refitted = bench.refit(pipeline=hurried)
    assert refitted.failed
    assert "took too long" in refitted.sentence


def test_nothing_is_refitted_where_nothing_is_published_or_the_tested_model_is_asked_for(bench: Bench) -> None:
    tested = pipeline_of(publish="tested")
    assert "publish: tested" in bench.refit(pipeline=tested).sentence
    for reason in VerdictReason:
        is_rejected = reason.to_decision() is Decision.REJECT
        assert bool(why_not(bench.world.pipeline, decided(bench.selection, reason))) == is_rejected
    nobody = replace(bench.selection, finalist=None)
    assert why_not(bench.world.pipeline, nobody)


def test_the_key_is_that_of_the_work_alone(bench: Bench) -> None:
    turn, snapshot, selection = bench.turn(), bench.world.snapshot, bench.selection
    key = refit_key(turn, snapshot, selection)
    renamed = bench.turn(pipeline=turn.pipeline.model_copy(update={"pipeline": "others"}))
    assert refit_key(renamed, snapshot, selection) == key
    assert refit_key(turn, snapshot, replace(selection, champion_turn=4)) == key
    assert refit_key(turn, snapshot, decided(selection, VerdictReason.NOT_ENOUGH_BADS)) == key
    assert refit_key(turn, replace(snapshot, digest="0" * 64), selection) != key
    assert refit_key(bench.turn(pipeline=pipeline_of(publish="tested")), snapshot, selection) != key
    assert selection.finalist is not None
    other = replace(selection, finalist=replace(selection.finalist, recipe="1" * 64))
    assert refit_key(turn, snapshot, other) != key


def test_a_book_without_dates_is_refitted_too(bench_of: Callable[..., Bench]) -> None:
    undated = booked(3000).with_columns(pl.lit(None, dtype=pl.Date).alias("_applied_at"))
    bench = bench_of("scorecard", undated)
    told, bundle = bench.publish(bench.refit())
    assert (told.verdict.published, bundle.lineage.fitted_until) == ("refit", None)
    assert "applied for until" not in told.verdict.publication
