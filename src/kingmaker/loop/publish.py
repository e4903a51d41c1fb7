"""Publish: prove parity, write and sign one bundle, then do what the verdict says."""

from dataclasses import replace

from kingmaker.bundle.contents import CutOffs
from kingmaker.bundle.proof import prove
from kingmaker.bundle.reading import open_bundle
from kingmaker.bundle.scorer import Scorer
from kingmaker.bundle.writing import BundleContents, BundleFile, write_bundle
from kingmaker.domain.champion import ModelVersion
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.verdict import Decision
from kingmaker.learners.registry import learner
from kingmaker.loop.judging.final import sealed_graph
from kingmaker.loop.publishing.contents import golden_rows, lineage_of, packages_of, schema_of
from kingmaker.loop.publishing.decision import carry_out
from kingmaker.loop.publishing.grounds import proven_grounds
from kingmaker.loop.publishing.parity import PARITY_ROWS, parity_of, parity_rows
from kingmaker.loop.publishing.reference import Reference
from kingmaker.loop.refitting.admission import Admission, admission_of
from kingmaker.loop.refitting.again import ALL_MATURED, BEFORE_THE_TEST
from kingmaker.loop.refitting.record import AS_TESTED, Refit
from kingmaker.loop.refitting.trials import trial_of
from kingmaker.loop.selection import Finalist, Refitted, Selection
from kingmaker.loop.turn import Turn
from kingmaker.recipe.json import recipe_from_json


def publish(turn: Turn, snapshot: Snapshot, selection: Selection, refit: Refit = AS_TESTED) -> ModelVersion | None:
    """Publish what the verdict allows to be in force, now (PROMOTE) or once a person approves (HOLD).

    A promotion that meets a frozen champion is held for a person.
    The refit is what is published if it agrees with the tested model; else that is. The recorded verdict says which, and its
    evidence keeps both. Everything here may be done again after a kill: bundles lie under their digest, the verdict is
    recorded once, and the pointer moves by compare-and-swap. Raises ParityBroken before anything is written.
    """
    version: ModelVersion | None = None
    if selection.finalist is not None and selection.verdict.decision is not Decision.REJECT:
        admission = admission_of(turn, snapshot, selection, refit)
        version = _published(turn, snapshot, selection.finalist, admission.refitted)
        selection = _completed(selection, admission)
        turn.house.ledger.add_version(turn.lease, version)
    carry_out(turn, selection, version)
    return version


def _completed(selection: Selection, admission: Admission) -> Selection:
    """The selection with what became of its finalist."""
    verdict = replace(
        selection.verdict,
        published="refit" if admission.refitted else "tested",
        publication=admission.sentence,
        agreement=admission.gates,
    )
    return replace(selection, verdict=verdict, refitted=admission.refitted)


def _published(turn: Turn, snapshot: Snapshot, finalist: Finalist, refitted: Refitted | None) -> ModelVersion:
    bundle = _write(turn, snapshot, finalist, refitted)
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


def _write(turn: Turn, snapshot: Snapshot, finalist: Finalist, refitted: Refitted | None) -> BundleFile:
    vault, served = turn.house.vault, refitted or finalist
    recipe_bytes, native_bytes = vault.read(finalist.recipe), vault.read(served.model)
    recipe = recipe_from_json(recipe_bytes)
    family = learner(finalist.learner)
    native = family.from_bytes(native_bytes)
    graph = sealed_graph(turn.pipeline.pipeline, recipe, native.form(), served.calibration, served.thresholds)
    scorer = Scorer(graph)
    windows = (ALL_MATURED if refitted else BEFORE_THE_TEST).windows  # of a tested model not the test window
    reference = Reference(vault=vault, snapshot=snapshot, windows=windows)
    probed = parity_rows(reference.newest(PARITY_ROWS), rows=PARITY_ROWS)
    parity = parity_of(
        scorer, recipe, native, served.calibration, served.thresholds, probed,
        limit=turn.pipeline.policy.gates.max_parity,
    )  # fmt: skip
    trial = trial_of(turn.house.ledger, finalist)
    contents = BundleContents(
        pipeline=turn.pipeline.pipeline,
        model=graph,
        recipe=recipe_bytes,
        native=native_bytes,
        native_suffix=family.native_suffix,
        cut_offs=CutOffs(calibration=served.calibration, thresholds=served.thresholds),
        schema=schema_of(turn.pipeline, recipe, reference),
        golden=golden_rows(scorer, recipe, probed),
        lineage=lineage_of(
            turn.pipeline,
            turn.run.request.declaration_digest,
            snapshot,
            trial,
            refitted or finalist,
            published_as="refit" if refitted else "tested",
        ),
        pins=packages_of(finalist.learner),
        parity=parity,
        grounds=proven_grounds(graph, recipe, native, probed),
    )
    return write_bundle(contents, turn.house.signing_key(), turn.workspace / "bundle.kingmaker")
