"""Rehearse: what is tested is the finalist's procedure, fitted on every loan before the test window.

Trials learn from the train window alone, so that they can be ranked on later loans. Tested as it is, a finalist would be a year
or two staler than what is published, and a test of it blind to what fresher loans teach. So the procedure is fitted again up to
the day on which the test window begins, exactly as it will be once more, up to today, before it is published.
"""

import time

from kingmaker.domain.run import Stage, StageRecord
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import Trial
from kingmaker.loop.refitting.again import BEFORE_THE_TEST, Procedure
from kingmaker.loop.refitting.fitter import fitter_of
from kingmaker.loop.refitting.record import Refit, refit_from_json, refit_to_json
from kingmaker.loop.turn import Turn


def rehearse(turn: Turn, snapshot: Snapshot, trial: Trial, recipe: str) -> Refit:
    """The trial's procedure fitted on every loan before the test window, taken from an earlier run that did the same.

    Recorded as a stage of its own as soon as it is done, in the middle of the one that selects: only there is it known whom to
    rehearse. `recipe` is a vault digest.
    """
    fitter = fitter_of(turn, snapshot, Stage.REHEARSE)
    procedure = Procedure(trial=trial, recipe=recipe)
    key = fitter.key(procedure, BEFORE_THE_TEST)
    started, kept = time.monotonic(), _kept(turn, key)
    rehearsed = kept or fitter.fit(procedure, BEFORE_THE_TEST)
    if not rehearsed.failed:
        turn.house.ledger.record_stage(
            turn.lease,
            StageRecord(
                run=turn.run.number,
                stage=Stage.REHEARSE,
                key=key,
                output=turn.house.vault.put_bytes(refit_to_json(rehearsed)),
                seconds=time.monotonic() - started,
                finished_at=turn.house.clock(),
                reused=kept is not None,
            ),
        )
    return rehearsed


def _kept(turn: Turn, key: str) -> Refit | None:
    vault, record = turn.house.vault, turn.house.ledger.stage_by_key(Stage.REHEARSE, key)
    if record is None or not vault.has(record.output):
        return None
    found = refit_from_json(vault.read(record.output))
    return found if all(vault.renew(digest) for digest in found.files) else None
