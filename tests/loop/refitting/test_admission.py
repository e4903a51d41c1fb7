"""Admission: a refit is published only while it is the model that was tested, and what was tested is kept beside it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from kingmaker.bundle.proof import prove
from kingmaker.domain.snapshot import Window
from kingmaker.domain.verdict import GateOutcome, VerdictReason
from kingmaker.loop.refitting.record import Refit

from .conftest import Bench


@pytest.fixture(scope="module")
def bench(bench_of: Callable[..., Bench]) -> Bench:
    return bench_of()


@pytest.fixture(scope="module")
def again(bench: Bench) -> Refit:
    return bench.refit()


def test_a_refit_that_agrees_is_published_with_cut_offs_of_its_own(bench: Bench, again: Refit) -> None:
    told, bundle = bench.publish(again)
    assert told.verdict.published == "refit"
    assert "agrees with the tested model" in told.verdict.publication
    assert [gate.code for gate in told.verdict.agreement] == [
        "G7.rank",
        "G7.score_stability",
        "G7.calibration",
        "G7.decision_flips",
    ]
    assert {gate.outcome for gate in told.verdict.agreement} == {GateOutcome.PASSED}
    assert told.refitted is not None
    assert bundle.cut_offs.calibration == told.refitted.calibration
    assert bundle.cut_offs.thresholds == told.refitted.thresholds
    assert bundle.native == bench.world.vault.read(told.refitted.model)
    prove(bundle)


def test_what_was_tested_stays_in_the_evidence(bench: Bench, again: Refit) -> None:
    told, _ = bench.publish(again)
    assert told.finalist == bench.selection.finalist
    assert told.evidence == bench.selection.evidence
    assert told.finalist is not None
    assert told.refitted is not None
    assert told.finalist.model != told.refitted.model
    assert told.finalist.calibration != told.refitted.calibration


def test_its_lineage_says_what_it_learnt_from(bench: Bench, again: Refit) -> None:
    _, bundle = bench.publish(again)
    lineage = bundle.lineage
    assert (lineage.published_as, lineage.fitted_until, lineage.fitted_rows) == ("refit", again.until, again.rows)
    assert lineage.trial == bench.world.trials[0].key


def test_publishing_again_after_a_kill_is_the_same_version(bench: Bench, again: Refit) -> None:
    assert bench.publish(again)[1].version == bench.publish(again)[1].version
    assert len(bench.world.house.ledger.history("loans")) == 1


def test_a_refit_that_learnt_something_else_is_not_published(bench_of: Callable[..., Bench]) -> None:
    bench = bench_of("tests.loop.odd_learners:Fickle")
    refitted = bench.refit()
    assert refitted.model is not None
    told, bundle = bench.publish(refitted)
    assert told.verdict.published == bundle.lineage.published_as == "tested"
    assert "does not agree" in told.verdict.publication
    assert "G7.rank" in told.verdict.publication
    assert told.verdict.agreement[0].outcome is GateOutcome.FAILED
    assert told.refitted is None
    assert told.finalist is not None
    assert bundle.native == bench.world.vault.read(told.finalist.model)
    assert bundle.lineage.fitted_rows == told.finalist.rows
    assert bundle.lineage.fitted_until == bench.world.snapshot.window(Window.SELECTION).last


def test_a_refit_is_calibrated_on_margins_of_loans_it_was_not_fitted_on(bench: Bench, again: Refit) -> None:
    """Fits that saw a loan would answer it too well: were their margins another level's, the pds would be as well."""
    verdict = replace(bench.selection.verdict, reason=VerdictReason.NOT_ENOUGH_BADS)
    held = replace(bench, selection=replace(bench.selection, verdict=verdict))
    moved, _ = held.publish(replace(again, margins=_moved(bench, again, by=1.0)))
    assert moved.verdict.published == "tested"
    assert moved.verdict.agreement[2].outcome is GateOutcome.FAILED


def _moved(bench: Bench, again: Refit, *, by: float) -> str:
    assert again.margins is not None
    path = bench.world.house.workspace / "moved.npy"
    np.save(path, np.load(bench.world.vault.fetch(again.margins)) + by)
    return bench.world.vault.put(path)
