"""The conductor: leads one run through THE_LOOP, stage by stage, so that a kill at any moment loses at most one stage."""

import errno
import os
import shutil
import time
import traceback
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from kingmaker.domain.errors import (
    DataRefused,
    KingmakerError,
    LeaseLost,
    RunCancelled,
    StorageFailed,
    StorageUnreachable,
)
from kingmaker.domain.run import Lease, Run, RunReason, Stage, StageRecord
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import Fault
from kingmaker.loop.announce import announce_if_found
from kingmaker.loop.heartbeat import BEAT_SECONDS, Heartbeat
from kingmaker.loop.interrupts import hearing_interrupts, holding_interrupts
from kingmaker.loop.previous import previous_snapshot
from kingmaker.loop.reading import abandon
from kingmaker.loop.stages import THE_LOOP
from kingmaker.loop.training.warm_up import warm_up
from kingmaker.loop.turn import Outputs, Step, Turn
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.ports.engine import Engine
from kingmaker.ports.house import House
from kingmaker.ports.progress import Progress

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""What the operating system answers when there is no room to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A run that is to end after the stage `until`, without a verdict, or whose loans are compared with `previous`."""

    previous: Snapshot | None
    until: Stage | None = None


def conduct(house: House, run: Run, lease: Lease, progress: Progress, errand: Errand | None = None) -> Run:
    """Advance the run to its end, from its last finished stage.

    Without an errand it goes on to a verdict, and its loans are compared with those of the pipeline's run before.
    Raises what stopped it after recording the run as failed; KeyboardInterrupt gives the lease back and leaves the run
    to be resumed, as StorageUnreachable does. Raises RunCancelled when somebody wished for the run's end, and LeaseLost when
    another process has it.
    """
    _sweep(house)
    until = errand.until if errand else None
    with hearing_interrupts() as interrupted:
        try:
            announce_if_found(house, run.request.pipeline)
            with closing(house.open_engine()) as engine:
                with Heartbeat(house.ledger, lease, every_seconds=_beat_of(house, lease)):
                    reason = _through_the_loop(_turn_of(house, run, lease, progress, engine, errand), until)
                return house.ledger.finish_run(lease, reason)
        except (LeaseLost, StorageUnreachable):
            raise
        except (KeyboardInterrupt, Exception) as error:
            if isinstance(error, KeyboardInterrupt) or interrupted():
                raise _what_stopped(house, lease) from None
            told = _storage_failed(error) if _is_full(error) else error
            _fail(house, run, lease, told)
            if told is error:
                raise
            raise told from error
        finally:
            with holding_interrupts():  # who is told to go as the run ends leaves nothing behind
                _sweep(house)


def _beat_of(house: House, lease: Lease) -> float:
    """Seconds between two renewals, so that three may fail before the lease runs out."""
    return min(BEAT_SECONDS, max(0.1, (lease.expires_at - house.clock()).total_seconds() / 4))


def _what_stopped(house: House, lease: Lease) -> BaseException:
    """Somebody's wish that the run end, another process that has it now, or Ctrl-C, which gives the lease back."""
    try:
        wish = house.ledger.cancellation(lease.run)
        if wish is not None:
            house.ledger.finish_run(lease, RunReason.CANCELLED)
            return RunCancelled(f"{wish.by} cancelled the run: {wish.why}", where=f"run {lease.run}")
        house.ledger.renew(lease)
        house.ledger.release(lease)
    except LeaseLost as lost:
        return lost
    return KeyboardInterrupt()


def _sweep(house: House) -> None:
    """Remove the workspaces of runs that are over, this one's and those of killed runs that were superseded.

    What they left at work elsewhere is stopped: somebody cancelled them, also while no process conducted them.
    """
    for folder in house.workspace.glob("run-*"):
        with suppress(KingmakerError):
            if house.ledger.run(int(folder.name.removeprefix("run-"))).state.is_over():
                _remove(house, folder)


def _remove(house: House, workspace: Path) -> None:
    abandon(house.source, workspace)
    shutil.rmtree(workspace, ignore_errors=True)


def _is_full(error: Exception) -> bool:
    """Whether a disk, a quota or a limit on file sizes refused a write. Some libraries keep only the system's words."""
    if isinstance(error, OSError):
        return error.errno in FULL
    return not isinstance(error, StorageFailed) and any(os.strerror(number) in str(error) for number in FULL)


def _storage_failed(error: Exception) -> StorageFailed:
    return StorageFailed(
        f"the disk refused a write ({error.strerror if isinstance(error, OSError) else error})",
        where=str(error.filename or "") if isinstance(error, OSError) else "",
        remedy="Nothing was published. Free some space, then run again: what was finished is kept.",
    )


def _workspace(house: House, run: Run) -> Path:
    return house.workspace / f"run-{run.number}"


def _turn_of(house: House, run: Run, lease: Lease, progress: Progress, engine: Engine, errand: Errand | None) -> Turn:
    workspace = _workspace(house, run)
    workspace.mkdir(parents=True, exist_ok=True)
    folder = Path(run.request.declared_in).parent
    pipeline = parse_pipeline(run.request.declaration, run.request.declared_in)
    if errand is None:
        errand = Errand(previous=previous_snapshot(house, pipeline.pipeline, before_run=run.number))
    return Turn(
        house=house,
        engine=engine,
        run=run,
        lease=lease,
        pipeline=pipeline,
        folder=folder,
        workspace=workspace,
        progress=progress,
        previous=errand.previous,
    )


def _through_the_loop(turn: Turn, until: Stage | None) -> RunReason:
    """Why the run ends."""
    outputs: Outputs = {}
    done = {record.stage: record for record in turn.house.ledger.stages(turn.run.number)}
    if Stage.TRAIN not in done and until is not Stage.EXTRACT:
        warm_up(turn.engine, turn.pipeline.training.learners)
    for step in THE_LOOP:
        turn.progress.stage(step.stage.value, step.sentence)
        output = _kept(turn, step, done.get(step.stage))
        outputs[step.stage] = output if output is not None else _do(turn, step, outputs)
        if step.stage is until:
            return RunReason.STUDIED
    return RunReason.VERDICT_REACHED


def _kept(turn: Turn, step: Step, record: StageRecord | None) -> bytes | None:
    """The recorded output, if it and every file it names still lie in the vault."""
    vault = turn.house.vault
    if record is None or not vault.has(record.output):
        return None
    output = vault.read(record.output)
    return output if all(vault.renew(digest) for digest in step.files(output)) else None


def _do(turn: Turn, step: Step, outputs: Outputs) -> bytes:
    started = time.monotonic()
    key = step.key(turn, outputs)
    earlier = turn.house.ledger.stage_by_key(step.stage, key) if step.may_reuse else None
    found = _kept(turn, step, earlier)
    kept = found if found is not None and step.stands_in(found) else None
    output = kept if kept is not None else step.work(turn, outputs)
    record = StageRecord(
        run=turn.run.number,
        stage=step.stage,
        key=key,
        output=turn.house.vault.put_bytes(output),
        seconds=time.monotonic() - started,
        finished_at=turn.house.clock(),
        reused=kept is not None,
    )
    turn.house.ledger.record_stage(turn.lease, record)
    return output


def _fail(house: House, run: Run, lease: Lease, error: Exception) -> None:
    """End the run as failed, once its workspace is gone: that may be the room which the record needs.

    Where even that cannot be recorded, the run stays unfinished, and the first error is told.
    """
    _remove(house, _workspace(house, run))
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
    reason = RunReason.DATA_REFUSED if isinstance(error, DataRefused) else RunReason.STAGE_FAILED
    with suppress(KingmakerError):
        house.ledger.record_fault(lease, fault)
        house.ledger.finish_run(lease, reason, detail=sentence)
