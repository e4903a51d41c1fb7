"""The fitter of a turn: its engine, its workspace, and a fault in the ledger for a fit that failed."""

from kingmaker.domain.run import Stage
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import Fault, Trial
from kingmaker.loop.refitting.again import Fitter
from kingmaker.loop.turn import Turn
from kingmaker.ports.engine import Outcome


def fitter_of(turn: Turn, snapshot: Snapshot, stage: Stage) -> Fitter:
    """Faults are told as this stage's."""

    def failed(trial: Trial, outcome: Outcome) -> None:
        fault = Fault(
            run=turn.run.number,
            stage=stage.value,
            trial=trial.spec.number,
            node=turn.lease.holder.split(":")[0],
            attempt=turn.lease.token,
            kind=outcome.kind.value,
            message=outcome.message,
            traceback=outcome.traceback,
            happened_at=turn.house.clock(),
        )
        turn.house.ledger.record_fault(turn.lease, fault)

    return Fitter(
        training=turn.pipeline.training,
        snapshot=snapshot,
        vault=turn.house.vault,
        workspace=turn.workspace,
        engine=turn.engine,
        progress=turn.progress,
        failed=failed,
    )
