"""Publishing: one signed bundle that proves itself, kept whatever is done again, and nothing for what was rejected."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.loop.judging.world import World, loans, pipeline_of

from kingmaker.bundle.proof import prove
from kingmaker.bundle.reading import Bundle, open_bundle
from kingmaker.bundle.scorer import Scorer
from kingmaker.domain.champion import ModelVersion, TurnReason
from kingmaker.domain.errors import BundleRefused, NotFound, ParityBroken
from kingmaker.domain.run import RunReason
from kingmaker.domain.verdict import Decision, VerdictReason
from kingmaker.loop.publish import publish
from kingmaker.loop.publishing.contents import packages_of
from kingmaker.loop.selection import Selection


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.make(tmp_path, loans(6000), learners=("lightgbm",))


def opened(world: World, version: ModelVersion) -> Bundle:
    return open_bundle(world.vault.fetch(version.archive), trusted=world.house.trusted())


def decided(selection: Selection, reason: VerdictReason) -> Selection:
    return replace(selection, verdict=replace(selection.verdict, reason=reason))


def test_a_promoted_challenger_is_published_proven_and_crowned(world: World) -> None:
    run, lease = world.open_run("one")
    version = publish(world.turn(run, lease), world.snapshot, world.select())
    assert version is not None
    champion = world.house.ledger.champion("loans")
    assert champion is not None
    assert (champion.turn, champion.version, champion.reason) == (1, version.version, TurnReason.PROMOTED)
    bundle = opened(world, version)
    prove(bundle)
    assert bundle.manifest.parity.rows == 4500 + 200 * 4
    assert bundle.lineage.snapshot == world.snapshot.digest
    assert bundle.lineage.trial == world.trials[0].key


def test_golden_rows_cover_the_book_and_its_edges(world: World) -> None:
    run, lease = world.open_run("one")
    version = publish(world.turn(run, lease), world.snapshot, world.select())
    assert version is not None
    rows = opened(world, version).golden.rows
    assert len(rows) == 64
    assert any(value is None for row in rows for value in row.numbers)
    assert len({row.pd for row in rows}) > 10
    assert all(value is None or np.isfinite(value) for row in rows for value in row.numbers)


def test_a_golden_row_that_was_altered_proves_nothing(world: World) -> None:
    run, lease = world.open_run("one")
    version = publish(world.turn(run, lease), world.snapshot, world.select())
    assert version is not None
    bundle = opened(world, version)
    first, *others = bundle.golden.rows
    altered = replace(bundle.golden, rows=(replace(first, pd=first.pd * (1 + 1e-6)), *others))
    with pytest.raises(BundleRefused, match="golden row 1"):
        prove(replace(bundle, golden=altered))


def test_publishing_again_gives_the_same_version_and_moves_nothing(world: World) -> None:
    run, lease = world.open_run("one")
    turn, selection = world.turn(run, lease), world.select()
    first, second = (publish(turn, world.snapshot, selection) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.version == second.version
    assert len(world.house.ledger.history("loans")) == 1


def test_a_held_challenger_is_published_and_waits(world: World) -> None:
    run, lease = world.open_run("one")
    held = decided(world.select(), VerdictReason.NOT_ENOUGH_BADS)
    version = publish(world.turn(run, lease), world.snapshot, held)
    assert version is not None
    assert world.house.ledger.champion("loans") is None
    recorded = world.house.ledger.verdict(run.number)
    assert recorded is not None
    assert recorded.candidate_version == version.version


@pytest.mark.parametrize("reason", [one for one in VerdictReason if one.to_decision() is Decision.REJECT])
def test_a_rejected_challenger_is_not_published(world: World, reason: VerdictReason) -> None:
    run, lease = world.open_run("one")
    assert publish(world.turn(run, lease), world.snapshot, decided(world.select(), reason)) is None
    assert world.house.ledger.versions("loans") == []
    recorded = world.house.ledger.verdict(run.number)
    assert recorded is not None
    assert recorded.candidate_version is None


def test_a_model_whose_graph_differs_is_neither_published_nor_crowned(world: World) -> None:
    run, lease = world.open_run("one")
    selection = world.select()
    impossible = pipeline_of(gates={"max_parity": -1.0})
    with pytest.raises(ParityBroken):
        publish(world.turn(run, lease, impossible), world.snapshot, selection)
    assert world.house.ledger.versions("loans") == []
    assert world.house.ledger.verdict(run.number) is None
    assert world.house.ledger.champion("loans") is None


def test_a_finalist_that_the_ledger_does_not_know_is_not_published(world: World) -> None:
    run, lease = world.open_run("one")
    selection = world.select()
    assert selection.finalist is not None
    stranger = replace(selection, finalist=replace(selection.finalist, trial_key="f" * 64))
    with pytest.raises(NotFound, match="no trial"):
        publish(world.turn(run, lease), world.snapshot, stranger)
    assert world.house.ledger.versions("loans") == []


def test_the_published_graph_answers_as_the_finalist_was_judged(world: World) -> None:
    run, lease = world.open_run("one")
    selection = world.select()
    version = publish(world.turn(run, lease), world.snapshot, selection)
    assert version is not None
    bundle = opened(world, version)
    assert selection.finalist is not None
    assert bundle.cut_offs.thresholds == selection.finalist.thresholds
    assert bundle.cut_offs.calibration == selection.finalist.calibration
    assert not Scorer(bundle.model).has_terms
    world.house.ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    assert world.select().verdict.reason is VerdictReason.IDENTICAL


def test_packages_are_those_that_decide_the_answers() -> None:
    assert {"kingmaker", "numpy", "onnxruntime", "python", "lightgbm"} <= set(packages_of("lightgbm"))
    assert "lightgbm" not in packages_of("scorecard")
    assert "python" in packages_of("lender.models:Own")
