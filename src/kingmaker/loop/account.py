"""The account of a run: everything the ledger and the vault know about it, for `explain`, the report and the pages."""

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import TypeVar

import msgspec

from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.run import Run, Stage
from kingmaker.domain.trial import Trial
from kingmaker.domain.verdict import RecordedVerdict
from kingmaker.loop.lineage import erased_from, lineage_entries, published_bundle
from kingmaker.loop.records import RunAccount
from kingmaker.loop.selection import Selection, selection_from_json
from kingmaker.loop.snapshots import snapshot_from_json
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.ports.house import House

Record = TypeVar("Record")
Curve = tuple[tuple[int, float], ...]


def account_of(house: House, number: int, *, trials: bool = True) -> RunAccount:
    """Raises NotFound for no such run. What cannot be read any more takes its own facts away and no others.

    Without `trials` there are none in it: a run may have thousands, and to read them takes longer than all the rest.
    """
    run = house.ledger.run(number)
    stages = tuple(house.ledger.stages(number))
    outputs = {record.stage: record.output for record in stages}
    pipeline = run.request.pipeline
    extracted = _kept(house, outputs.get(Stage.EXTRACT))
    snapshot = snapshot_from_json(extracted) if extracted is not None else None
    recorded = house.ledger.verdict(number)
    selection = _selection(house, outputs, recorded)
    candidate = recorded.candidate_version if recorded else None
    version = next((one for one in house.ledger.versions(pipeline) if one.version == candidate), None)
    champion = published_bundle(house, pipeline, selection.verdict.champion_version if selection else None)
    bundle = published_bundle(house, pipeline, candidate)
    account = RunAccount(
        run=run,
        stages=stages,
        snapshot=snapshot,
        trials=tuple(house.ledger.trials(number)) if trials else (),
        faults=tuple(house.ledger.faults(number)),
        selection=selection,
        recorded=recorded,
        version=version,
        history=tuple(house.ledger.history(pipeline)),
        champion_thresholds=champion.cut_offs.thresholds if champion else None,
        lineage=lineage_entries(run, snapshot, selection, bundle, erased_from(house, snapshot)),
        amount_column=_amount_column(run),
        under_way=number in house.ledger.under_way(),
        forgotten=_forgotten(run) if Stage.EXTRACT in outputs and extracted is None else "",
    )
    return as_told(account)


def as_told(account: RunAccount) -> RunAccount:
    """The account as JSON says it, and so as it is read from afar: a number that is none (NaN, infinite) is None.

    A point of a learning curve without its number is left out. Nothing else changes, and doing it again changes nothing.
    """
    return replace(
        account,
        trials=tuple(_said(replace(trial, curve=_finite(trial.curve)), Trial) for trial in account.trials),
        recorded=_said(account.recorded, RecordedVerdict) if account.recorded else None,
    )


def _said(record: Record, kind: type[Record]) -> Record:
    return msgspec.json.decode(msgspec.json.encode(record), type=kind)


def _finite(curve: Curve) -> Curve:
    return tuple((rounds, area) for rounds, area in curve if isfinite(area))


def _kept(house: House, digest: str | None) -> bytes | None:
    """None for what was never made, and for what is no longer in the vault."""
    return house.vault.read(digest) if digest is not None and house.vault.has(digest) else None


def _forgotten(run: Run) -> str:
    return (
        f"What run {run.number} read, fitted and measured is no longer in the vault, as happens to old runs whose version is "
        f"not needed. What it decided stays."
    )


def _selection(house: House, outputs: Mapping[Stage, str], recorded: RecordedVerdict | None) -> Selection | None:
    """As recorded with the verdict, which says what was published; before that as the select stage left it."""
    found = _kept(house, recorded.evidence if recorded else None) or _kept(house, outputs.get(Stage.SELECT))
    return selection_from_json(found) if found else None


def _amount_column(run: Run) -> str | None:
    """From the declaration as it was; None also when this release cannot read it any more."""
    try:
        return parse_pipeline(run.request.declaration, run.request.declared_in).amount
    except KingmakerError:
        return None
