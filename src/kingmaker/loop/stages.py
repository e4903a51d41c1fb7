"""THE_LOOP: the five stages of a run in order, each with what it depends on."""

import os

import msgspec

from kingmaker.domain.run import Stage
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import Trial
from kingmaker.learners.registry import learner
from kingmaker.loop.extract import extract, extraction_facts
from kingmaker.loop.prepare import prepare
from kingmaker.loop.prepared import prepared_from_json, prepared_to_json
from kingmaker.loop.publish import publish
from kingmaker.loop.select import SelectTask, select
from kingmaker.loop.selection import selection_from_json, selection_to_json
from kingmaker.loop.snapshots import snapshot_from_json, snapshot_to_json
from kingmaker.loop.train import train
from kingmaker.loop.turn import Outputs, Step, Turn, key_of


def _extract_key(turn: Turn, outputs: Outputs) -> str:
    del outputs
    source = turn.pipeline.source
    return key_of(
        extraction_facts(turn.pipeline),
        turn.run.request.as_of,
        turn.house.source.fingerprint(source, turn.folder),
        turn.previous.digest if turn.previous else "",
    )


def _extract(turn: Turn, outputs: Outputs) -> bytes:
    del outputs
    snapshot = extract(
        turn.pipeline,
        as_of=turn.run.request.as_of,
        source=turn.house.source,
        vault=turn.house.vault,
        folder=turn.folder,
        workspace=turn.workspace,
        progress=turn.progress,
        previous=turn.previous,
    )
    return snapshot_to_json(snapshot)


def _snapshot(outputs: Outputs) -> Snapshot:
    return snapshot_from_json(outputs[Stage.EXTRACT])


def _parts(output: bytes) -> tuple[str, ...]:
    return snapshot_from_json(output).parts


def _matrices(output: bytes) -> tuple[str, ...]:
    prepared = prepared_from_json(output)
    return (prepared.rows, *(digest for one in prepared.variants for digest in (one.recipe, one.matrix)))


def _prepare_key(turn: Turn, outputs: Outputs) -> str:
    pipeline = turn.pipeline
    return key_of(
        _snapshot(outputs).digest,
        pipeline.cleaning.model_dump(mode="json"),
        pipeline.training.model_dump(mode="json"),
        sorted({learner(name).recipe for name in pipeline.training.learners}),
    )


def _prepare(turn: Turn, outputs: Outputs) -> bytes:
    prepared = prepare(
        turn.pipeline,
        _snapshot(outputs),
        vault=turn.house.vault,
        workspace=turn.workspace,
        progress=turn.progress,
    )
    return prepared_to_json(prepared)


def _train_key(turn: Turn, outputs: Outputs) -> str:
    prepared = prepared_from_json(outputs[Stage.PREPARE])
    return key_of(prepared.digest, turn.pipeline.training.model_dump(mode="json"), turn.pipeline.policy.approval_rate)


def _train(turn: Turn, outputs: Outputs) -> bytes:
    try:
        trials = train(
            turn.pipeline,
            _snapshot(outputs),
            prepared_from_json(outputs[Stage.PREPARE]),
            run=turn.run.number,
            lease=turn.lease,
            ledger=turn.house.ledger,
            vault=turn.house.vault,
            engine=turn.engine,
            progress=turn.progress,
            clock=turn.house.clock,
        )
    finally:
        turn.engine.close()  # its processes hold memory that selection may need
    return msgspec.json.encode([trial.key for trial in trials])


def _trials(turn: Turn, outputs: Outputs) -> list[Trial]:
    keys = msgspec.json.decode(outputs[Stage.TRAIN], type=list[str])
    found = [turn.house.ledger.trial(key) for key in keys]
    return [trial for trial in found if trial is not None]


def _select_key(turn: Turn, outputs: Outputs) -> str:
    champion = turn.house.ledger.champion(turn.pipeline.pipeline)
    return key_of(
        turn.run.request.declaration_digest,
        _snapshot(outputs).digest,
        msgspec.json.decode(outputs[Stage.TRAIN], type=list[str]),
        (champion.turn, champion.version) if champion else None,
    )


def _select(turn: Turn, outputs: Outputs) -> bytes:
    task = SelectTask(
        house=turn.house,
        pipeline=turn.pipeline,
        snapshot=_snapshot(outputs),
        prepared=prepared_from_json(outputs[Stage.PREPARE]),
        trials=_trials(turn, outputs),
        turn=turn.house.ledger.champion(turn.pipeline.pipeline),
        threads=len(os.sched_getaffinity(0)),
        progress=turn.progress,
    )
    return selection_to_json(select(task))


def _publish_key(turn: Turn, outputs: Outputs) -> str:
    return key_of(turn.run.number, outputs[Stage.SELECT].decode())


def _publish(turn: Turn, outputs: Outputs) -> bytes:
    version = publish(turn, _snapshot(outputs), selection_from_json(outputs[Stage.SELECT]))
    return msgspec.json.encode(version.version if version else None)


THE_LOOP = (
    Step(stage=Stage.EXTRACT, sentence="reading the matured loans", key=_extract_key, work=_extract, files=_parts),
    Step(
        stage=Stage.PREPARE,
        sentence="learning the recipe from the train window",
        key=_prepare_key,
        work=_prepare,
        files=_matrices,
    ),
    Step(stage=Stage.TRAIN, sentence="fitting trials", key=_train_key, work=_train, may_reuse=False),
    Step(stage=Stage.SELECT, sentence="judging the trials", key=_select_key, work=_select),
    Step(stage=Stage.PUBLISH, sentence="proving and signing", key=_publish_key, work=_publish, may_reuse=False),
)
"""Training and publishing are never taken over whole from an earlier run: each recorded trial and the bundle's digest are."""
