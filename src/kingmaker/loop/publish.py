"""Publish: prove parity, write and sign one bundle, record the verdict, and move the champion pointer if it says so."""

import polars as pl

from kingmaker.bundle.contents import CutOffs
from kingmaker.bundle.proof import prove
from kingmaker.bundle.reading import open_bundle
from kingmaker.bundle.scorer import Scorer
from kingmaker.bundle.writing import BundleContents, BundleFile, write_bundle
from kingmaker.domain.champion import ModelVersion, TurnReason
from kingmaker.domain.errors import NotFound
from kingmaker.domain.snapshot import Snapshot, Window
from kingmaker.domain.trial import Trial
from kingmaker.domain.verdict import Decision
from kingmaker.learners.registry import learner
from kingmaker.loop.judging.final import sealed_graph
from kingmaker.loop.publishing.contents import golden_rows, lineage_of, packages_of, schema_of
from kingmaker.loop.publishing.parity import as_inputs, parity_of, parity_rows
from kingmaker.loop.selection import Finalist, Selection, selection_to_json
from kingmaker.loop.snapshots import load_snapshot
from kingmaker.loop.turn import Turn
from kingmaker.recipe.json import recipe_from_json


def publish(turn: Turn, snapshot: Snapshot, selection: Selection) -> ModelVersion | None:
    """Publish what the verdict allows to be in force, now (PROMOTE) or once a person approves (HOLD).

    Everything here may be done again after a kill: bundles lie under their digest, the verdict is recorded once, and
    the pointer moves by compare-and-swap. Raises ParityBroken before anything is written.
    """
    version: ModelVersion | None = None
    decision = selection.verdict.decision
    if selection.finalist is not None and decision is not Decision.REJECT:
        version = _published(turn, snapshot, selection.finalist)
        turn.house.ledger.add_version(turn.lease, version)
    turn.house.ledger.record_verdict(
        turn.lease,
        selection.verdict,
        evidence=turn.house.vault.put_bytes(selection_to_json(selection)),
        candidate_version=version.version if version else None,
    )
    if version is not None and decision is Decision.PROMOTE:
        turn.house.ledger.crown(
            turn.pipeline.pipeline,
            version.version,
            expected_turn=selection.champion_turn,
            reason=TurnReason.PROMOTED,
            by=f"run {turn.run.number}",
            why=selection.verdict.sentence,
        )
    return version


def _published(turn: Turn, snapshot: Snapshot, finalist: Finalist) -> ModelVersion:
    bundle = _write(turn, snapshot, finalist)
    prove(open_bundle(bundle.path, trusted=turn.house.trusted()))
    archive = turn.house.vault.put(bundle.path)
    return ModelVersion(
        version=bundle.version,
        pipeline=turn.pipeline.pipeline,
        run=turn.run.number,
        archive=archive,
        learner=finalist.learner,
        published_at=turn.house.clock(),
    )


def _write(turn: Turn, snapshot: Snapshot, finalist: Finalist) -> BundleFile:
    vault = turn.house.vault
    recipe_bytes, native_bytes = vault.read(finalist.recipe), vault.read(finalist.model)
    recipe = recipe_from_json(recipe_bytes)
    family = learner(finalist.learner)
    native = family.from_bytes(native_bytes)
    graph = sealed_graph(turn.pipeline.pipeline, recipe, native.form(), finalist.calibration, finalist.thresholds)
    scorer = Scorer(graph)
    reference = _reference(turn, snapshot)
    probed = parity_rows(reference)
    parity = parity_of(
        scorer, recipe, native, finalist.calibration, finalist.thresholds, probed,
        limit=turn.pipeline.policy.gates.max_parity,
    )  # fmt: skip
    contents = BundleContents(
        pipeline=turn.pipeline.pipeline,
        model=graph,
        recipe=recipe_bytes,
        native=native_bytes,
        native_suffix=family.native_suffix,
        cut_offs=CutOffs(calibration=finalist.calibration, thresholds=finalist.thresholds),
        schema=schema_of(turn.pipeline, recipe, reference),
        golden=golden_rows(scorer, recipe, probed),
        lineage=lineage_of(turn.pipeline, turn.run.request.declaration_digest, snapshot, _trial(turn, finalist)),
        pins=packages_of(finalist.learner),
        parity=parity,
    )
    return write_bundle(contents, turn.house.signing_key(), turn.workspace / "bundle.kingmaker")


def _reference(turn: Turn, snapshot: Snapshot) -> pl.DataFrame:
    """The feature columns of the labelled windows before the test window: what the model knows as normal."""
    windows = (Window.TRAIN, Window.CALIBRATION, Window.SELECTION)
    names = [feature.name for feature in snapshot.features]
    return as_inputs(load_snapshot(turn.house.vault, snapshot, windows, names), snapshot.features)


def _trial(turn: Turn, finalist: Finalist) -> Trial:
    trial = turn.house.ledger.trial(finalist.trial_key)
    if trial is None:
        raise NotFound(f"the ledger has no trial {finalist.trial_key[:12]}", remedy="Run `kingmaker audit verify`.")
    return trial
