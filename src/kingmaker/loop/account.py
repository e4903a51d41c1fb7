"""The account of a run: everything the ledger and the vault know about it, for `explain`, the report and the pages."""

from dataclasses import dataclass

from kingmaker.domain.champion import ChampionTurn, ModelVersion
from kingmaker.domain.run import Run, Stage, StageRecord
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import Fault, Trial
from kingmaker.domain.verdict import RecordedVerdict
from kingmaker.loop.selection import Selection, selection_from_json
from kingmaker.loop.snapshots import snapshot_from_json
from kingmaker.ports.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAccount:
    """What is known so far; None for what the run has not reached. `recorded` also says whether a person has decided on it."""

    run: Run
    stages: tuple[StageRecord, ...]
    snapshot: Snapshot | None
    trials: tuple[Trial, ...]
    faults: tuple[Fault, ...]
    selection: Selection | None
    recorded: RecordedVerdict | None
    version: ModelVersion | None
    history: tuple[ChampionTurn, ...]


def account_of(house: House, number: int) -> RunAccount:
    """Raises NotFound for no such run."""
    run = house.ledger.run(number)
    stages = tuple(house.ledger.stages(number))
    outputs = {record.stage: record.output for record in stages}
    versions = [one for one in house.ledger.versions(run.request.pipeline) if one.run == number]
    return RunAccount(
        run=run,
        stages=stages,
        snapshot=snapshot_from_json(house.vault.read(outputs[Stage.EXTRACT])) if Stage.EXTRACT in outputs else None,
        trials=tuple(house.ledger.trials(number)),
        faults=tuple(house.ledger.faults(number)),
        selection=selection_from_json(house.vault.read(outputs[Stage.SELECT])) if Stage.SELECT in outputs else None,
        recorded=house.ledger.verdict(number),
        version=versions[0] if versions else None,
        history=tuple(house.ledger.history(run.request.pipeline)),
    )
