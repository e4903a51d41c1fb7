"""What the pipeline's earlier runs saw: the measure of a vanished column or a jump in volume."""

from kingmaker.domain.run import RunState, Stage
from kingmaker.domain.snapshot import Snapshot
from kingmaker.loop.snapshots import snapshot_from_json
from kingmaker.ports.house import House

LOOKED_BACK = 100


def previous_snapshot(house: House, pipeline: str, *, before_run: int) -> Snapshot | None:
    """The snapshot of the newest earlier run that reached a verdict, None when there is none among the last hundred.

    A run that failed is no measure; and done again, it finds its own extract.
    """
    for run in house.ledger.runs(pipeline, limit=LOOKED_BACK):
        if run.number >= before_run or run.state is not RunState.FINISHED:
            continue
        for record in house.ledger.stages(run.number):
            if record.stage is Stage.EXTRACT and house.vault.has(record.output):
                return snapshot_from_json(house.vault.read(record.output))
    return None


def best_auc_before(house: House, pipeline: str, *, before_run: int) -> float | None:
    """The highest AUC on a selection window that any trial of the newest earlier run with trials had; None without one."""
    for run in house.ledger.runs(pipeline, limit=LOOKED_BACK):
        if run.number >= before_run or run.state is not RunState.FINISHED:
            continue
        found = [trial.auc_selection for trial in house.ledger.trials(run.number) if trial.auc_selection is not None]
        if found:
            return max(found)
    return None
