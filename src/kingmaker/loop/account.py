"""The account of a run: everything the ledger and the vault know about it, for `explain`, the report and the pages."""

from collections.abc import Mapping

from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.run import Run, Stage
from kingmaker.domain.verdict import RecordedVerdict
from kingmaker.loop.lineage import lineage_entries, published_bundle
from kingmaker.loop.records import RunAccount
from kingmaker.loop.selection import Selection, selection_from_json
from kingmaker.loop.snapshots import snapshot_from_json
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.ports.house import House


def account_of(house: House, number: int) -> RunAccount:
    """Raises NotFound for no such run. A bundle that cannot be read any more takes its own facts away and no others."""
    run = house.ledger.run(number)
    stages = tuple(house.ledger.stages(number))
    outputs = {record.stage: record.output for record in stages}
    pipeline = run.request.pipeline
    snapshot = snapshot_from_json(house.vault.read(outputs[Stage.EXTRACT])) if Stage.EXTRACT in outputs else None
    recorded = house.ledger.verdict(number)
    selection = _selection(house, outputs, recorded)
    candidate = recorded.candidate_version if recorded else None
    version = next((one for one in house.ledger.versions(pipeline) if one.version == candidate), None)
    champion = published_bundle(house, pipeline, selection.verdict.champion_version if selection else None)
    bundle = published_bundle(house, pipeline, candidate)
    return RunAccount(
        run=run,
        stages=stages,
        snapshot=snapshot,
        trials=tuple(house.ledger.trials(number)),
        faults=tuple(house.ledger.faults(number)),
        selection=selection,
        recorded=recorded,
        version=version,
        history=tuple(house.ledger.history(pipeline)),
        champion_thresholds=champion.cut_offs.thresholds if champion else None,
        lineage=lineage_entries(run, snapshot, selection, bundle),
        amount_column=_amount_column(run),
        under_way=number in house.ledger.under_way(),
    )


def _selection(house: House, outputs: Mapping[Stage, str], recorded: RecordedVerdict | None) -> Selection | None:
    """As recorded with the verdict, which says what was published; before that as the select stage left it."""
    digest = recorded.evidence if recorded and house.vault.has(recorded.evidence) else outputs.get(Stage.SELECT)
    return selection_from_json(house.vault.read(digest)) if digest else None


def _amount_column(run: Run) -> str | None:
    """From the declaration as it was; None also when this release cannot read it any more."""
    try:
        return parse_pipeline(run.request.declaration, run.request.declared_in).amount
    except KingmakerError:
        return None
