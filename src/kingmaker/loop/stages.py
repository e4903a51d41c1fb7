"""THE_LOOP: the six stages of a run in order, each with what it depends on."""

import os
from functools import partial

import msgspec

from kingmaker.domain.run import Stage
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import Trial
from kingmaker.learners.registry import learner
from kingmaker.loop.erased import erased_of
from kingmaker.loop.extract import extract, extraction_facts
from kingmaker.loop.looking import Doorkeeper
from kingmaker.loop.prepare import prepare
from kingmaker.loop.prepared import Prepared, prepared_from_json, prepared_to_json
from kingmaker.loop.publish import publish
from kingmaker.loop.reading import extracts_of, reading_of
from kingmaker.loop.refit import refit, refit_key
from kingmaker.loop.refitting.record import refit_from_json, refit_to_json
from kingmaker.loop.rehearse import rehearse
from kingmaker.loop.select import SelectTask, select
from kingmaker.loop.selection import selection_from_json, selection_to_json
from kingmaker.loop.snapshots import snapshot_from_json, snapshot_to_json
from kingmaker.loop.train import train
from kingmaker.loop.turn import Outputs, Step, Turn, key_of
from kingmaker.pipeline.declaration import Promote
from kingmaker.ports.source import Reading

NOTHING = b"null"
"""What a stage puts out that has nothing to do in this run."""


def _extract_key(turn: Turn, outputs: Outputs) -> str:
    del outputs
    return key_of(
        extraction_facts(turn.pipeline),
        turn.run.request.as_of,
        turn.house.source.fingerprint(_reading(turn)),
        turn.previous.digest if turn.previous else "",
        *_which_pseudonyms(turn),
        *erased_of(turn.house, turn.pipeline.pipeline).fingerprint(),
    )


def _which_pseudonyms(turn: Turn) -> list[str]:
    """With another key the same rows are other pseudonyms."""
    return list(filter(None, [_reading(turn).mask.fingerprint()]))


def _extract(turn: Turn, outputs: Outputs) -> bytes:
    with extracts_of(turn.workspace, _extract_key(turn, outputs)) as scratch:
        snapshot = extract(
            turn.pipeline,
            source=turn.house.source,
            reading=_reading(turn),
            vault=turn.house.vault,
            scratch=scratch,
            progress=turn.progress,
            previous=turn.previous,
            erased=erased_of(turn.house, turn.pipeline.pipeline),
        )
    return snapshot_to_json(snapshot)


def _reading(turn: Turn) -> Reading:
    occasion = f"run {turn.run.number} of {turn.run.started_at.timestamp():.0f}"
    return reading_of(turn.house, turn.pipeline, turn.folder, turn.run.request.as_of, occasion=occasion)


def _snapshot(outputs: Outputs) -> Snapshot:
    return snapshot_from_json(outputs[Stage.EXTRACT])


def _parts(output: bytes) -> tuple[str, ...]:
    return snapshot_from_json(output).parts


def _matrices(output: bytes) -> tuple[str, ...]:
    prepared = _prepared(output)
    if prepared is None:
        return ()
    return (prepared.rows, *(digest for one in prepared.variants for digest in (one.recipe, one.matrix)))


def _prepared(output: bytes) -> Prepared | None:
    """None in a run that takes the second look at an earlier run's challenger: it fits nothing."""
    return None if output == NOTHING else prepared_from_json(output)


def _doorkeeper(turn: Turn, snapshot: Snapshot) -> Doorkeeper:
    return Doorkeeper(
        house=turn.house,
        policy=turn.pipeline.policy,
        pipeline=turn.pipeline.pipeline,
        lease=turn.lease,
        today=snapshot.as_of,
    )


def _prepare_key(turn: Turn, outputs: Outputs) -> str:
    pipeline = turn.pipeline
    waiting = _doorkeeper(turn, _snapshot(outputs)).challenger_to_confirm()
    if waiting is not None:
        return key_of("second look", turn.run.number, waiting.trial_key)
    return key_of(
        _snapshot(outputs).digest,
        pipeline.cleaning.model_dump(mode="json"),
        pipeline.training.model_dump(mode="json"),
        sorted({learner(name).recipe for name in pipeline.training.learners}),
    )


def _prepare(turn: Turn, outputs: Outputs) -> bytes:
    if _doorkeeper(turn, _snapshot(outputs)).challenger_to_confirm() is not None:
        return NOTHING
    prepared = prepare(
        turn.pipeline,
        _snapshot(outputs),
        vault=turn.house.vault,
        workspace=turn.workspace,
        progress=turn.progress,
    )
    return prepared_to_json(prepared)


def _train_key(turn: Turn, outputs: Outputs) -> str:
    prepared = _prepared(outputs[Stage.PREPARE])
    if prepared is None:
        return key_of("second look", turn.run.number)
    return key_of(prepared.digest, turn.pipeline.training.model_dump(mode="json"), turn.pipeline.policy.approval_rate)


def _train(turn: Turn, outputs: Outputs) -> bytes:
    prepared = _prepared(outputs[Stage.PREPARE])
    if prepared is None:
        return msgspec.json.encode([])
    trials = train(
        turn.pipeline,
        _snapshot(outputs),
        prepared,
        run=turn.run.number,
        lease=turn.lease,
        ledger=turn.house.ledger,
        vault=turn.house.vault,
        engine=turn.engine,
        progress=turn.progress,
        clock=turn.house.clock,
    )
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
        turn.run.number if champion and turn.pipeline.policy.promote is Promote.PROVEN else None,
    )


def _select(turn: Turn, outputs: Outputs) -> bytes:
    task = SelectTask(
        house=turn.house,
        pipeline=turn.pipeline,
        snapshot=_snapshot(outputs),
        prepared=_prepared(outputs[Stage.PREPARE]),
        trials=_trials(turn, outputs),
        turn=turn.house.ledger.champion(turn.pipeline.pipeline),
        lease=turn.lease,
        rehearse=partial(rehearse, turn, _snapshot(outputs)),
        threads=len(os.sched_getaffinity(0)),
        progress=turn.progress,
    )
    return selection_to_json(select(task))


def _files_of_finalist(output: bytes) -> tuple[str, ...]:
    finalist = selection_from_json(output).finalist
    return (finalist.recipe, finalist.model) if finalist else ()


def _refit_key(turn: Turn, outputs: Outputs) -> str:
    return refit_key(turn, _snapshot(outputs), selection_from_json(outputs[Stage.SELECT]))


def _refit(turn: Turn, outputs: Outputs) -> bytes:
    return refit_to_json(refit(turn, _snapshot(outputs), selection_from_json(outputs[Stage.SELECT])))


def _files_of_refit(output: bytes) -> tuple[str, ...]:
    return refit_from_json(output).files


def _did_not_fail(output: bytes) -> bool:
    return not refit_from_json(output).failed


def _publish_key(turn: Turn, outputs: Outputs) -> str:
    return key_of(turn.run.number, outputs[Stage.SELECT].decode(), outputs[Stage.REFIT].decode())


def _publish(turn: Turn, outputs: Outputs) -> bytes:
    selection, refitted = selection_from_json(outputs[Stage.SELECT]), refit_from_json(outputs[Stage.REFIT])
    version = publish(turn, _snapshot(outputs), selection, refitted)
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
    Step(
        stage=Stage.SELECT,
        sentence="judging the trials, and the one finalist on the test window",
        key=_select_key,
        work=_select,
        files=_files_of_finalist,
    ),
    Step(
        stage=Stage.REFIT,
        sentence="fitting the winner again on all matured loans",
        key=_refit_key,
        work=_refit,
        files=_files_of_refit,
        stands_in=_did_not_fail,
    ),
    Step(stage=Stage.PUBLISH, sentence="proving and signing", key=_publish_key, work=_publish, may_reuse=False),
)
"""Training and publishing are never taken over whole from an earlier run: each recorded trial and the bundle's digest are."""
