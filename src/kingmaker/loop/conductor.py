"""The conductor: leads one run through THE_LOOP, stage by stage, so that a kill at any moment loses at most one stage."""

import shutil
import time
import traceback
from pathlib import Path

from kingmaker.domain.errors import DataRefused, KingmakerError, LeaseLost
from kingmaker.domain.run import Lease, Run, RunReason, StageRecord
from kingmaker.domain.trial import Fault
from kingmaker.loop.heartbeat import Heartbeat
from kingmaker.loop.stages import THE_LOOP
from kingmaker.loop.turn import Outputs, Step, Turn
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.ports.house import House
from kingmaker.ports.progress import Progress


def conduct(house: House, run: Run, lease: Lease, progress: Progress) -> Run:
    """Advance the run to its end, from its last finished stage.

    Raises what stopped it after recording the run as failed; KeyboardInterrupt gives the lease back and leaves the run
    to be resumed.
    """
    workspace = house.workspace / f"run-{run.number}"
    workspace.mkdir(parents=True, exist_ok=True)
    try:
        with Heartbeat(house.ledger, lease):
            ended = _through_the_loop(_turn_of(house, run, lease, workspace, progress))
    except LeaseLost:
        raise
    except KingmakerError as error:
        _fail(house, run, lease, error)
        raise
    except KeyboardInterrupt:
        house.ledger.release(lease)
        raise
    except Exception as error:
        _fail(house, run, lease, error)
        raise
    shutil.rmtree(workspace, ignore_errors=True)
    return ended


def _turn_of(house: House, run: Run, lease: Lease, workspace: Path, progress: Progress) -> Turn:
    folder = Path(run.request.declared_in).parent
    pipeline = parse_pipeline(run.request.declaration, run.request.declared_in)
    return Turn(
        house=house,
        run=run,
        lease=lease,
        pipeline=pipeline,
        folder=folder,
        workspace=workspace,
        progress=progress,
    )


def _through_the_loop(turn: Turn) -> Run:
    outputs: Outputs = {}
    done = {record.stage: record for record in turn.house.ledger.stages(turn.run.number)}
    for step in THE_LOOP:
        turn.progress.stage(step.stage.value, step.sentence)
        record = done.get(step.stage)
        outputs[step.stage] = turn.house.vault.read(record.output) if record else _do(turn, step, outputs)
    return turn.house.ledger.finish_run(turn.lease, RunReason.VERDICT_REACHED)


def _do(turn: Turn, step: Step, outputs: Outputs) -> bytes:
    started = time.monotonic()
    key = step.key(turn, outputs)
    earlier = turn.house.ledger.stage_by_key(step.stage, key) if step.may_reuse else None
    reused = earlier is not None and turn.house.vault.has(earlier.output)
    output = turn.house.vault.read(earlier.output) if earlier and reused else step.work(turn, outputs)
    record = StageRecord(
        run=turn.run.number,
        stage=step.stage,
        key=key,
        output=turn.house.vault.put_bytes(output),
        seconds=time.monotonic() - started,
        finished_at=turn.house.clock(),
        reused=reused,
    )
    turn.house.ledger.record_stage(turn.lease, record)
    return output


def _fail(house: House, run: Run, lease: Lease, error: Exception) -> None:
    sentence = error.sentence() if isinstance(error, KingmakerError) else f"{type(error).__name__}: {error}"
    fault = Fault(
        run=run.number,
        stage="run",
        trial=None,
        node=house.holder.split(":")[0],
        attempt=lease.token,
        kind=error.code if isinstance(error, KingmakerError) else "unexpected",
        message=sentence,
        traceback=traceback.format_exc(),
        happened_at=house.clock(),
    )
    house.ledger.record_fault(lease, fault)
    reason = RunReason.DATA_REFUSED if isinstance(error, DataRefused) else RunReason.STAGE_FAILED
    house.ledger.finish_run(lease, reason, detail=sentence)
