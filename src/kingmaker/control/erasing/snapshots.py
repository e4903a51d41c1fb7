"""Snapshots: which parts hold the customer, what they were laid out in, and the parts written anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from kingmaker.cohort.roles import ROW_NUMBER
from kingmaker.control.erasing.held import MOST_RUNS, Held, Search
from kingmaker.domain.erasure import Kept
from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.run import Run, Stage
from kingmaker.domain.snapshot import Snapshot
from kingmaker.loop.erased import rows_of
from kingmaker.loop.prepared import prepared_from_json
from kingmaker.loop.refitting.record import refit_from_json
from kingmaker.loop.snapshots import snapshot_from_json
from kingmaker.loop.storing import ROWS_A_GROUP
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.ports.house import House
from kingmaker.privacy.erased import Finder

_NAMES = ["_customer", "_id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSnapshot:
    """A run whose snapshot is still kept. `has_ids`: its loans have ids, and not the numbers of their rows."""

    run: Run
    snapshot: Snapshot
    has_ids: bool


def snapshots_of(search: Search) -> Iterator[RunSnapshot]:
    """Of every run of the pipeline, newest first."""
    for run in search.runs():
        output = output_of(search.house, run, Stage.EXTRACT)
        if output is not None:
            yield RunSnapshot(run=run, snapshot=snapshot_from_json(output), has_ids=_has_ids(run))


def output_of(house: House, run: Run, stage: Stage) -> bytes | None:
    """What the stage put out; None where it did not get so far, or it is no longer kept."""
    for record in house.ledger.stages(run.number):
        if record.stage is stage and house.vault.has(record.output):
            return house.vault.read(record.output)
    return None


def applications_in(search: Search) -> Iterator[str]:
    """The ids of the customer's applications as the snapshots know them."""
    for digest, has_ids in _parts(search).items():
        if has_ids:
            names = pl.read_parquet(search.house.vault.fetch(digest), columns=_NAMES, memory_map=False)
            yield from names.filter(rows_of(search.finder, names, has_ids=True))["_id"].drop_nulls().to_list()


def held_parts(search: Search) -> Iterator[Held]:
    """Parts with rows of the customer, as they are now."""
    for digest, has_ids in _parts(search).items():
        names = pl.read_parquet(search.house.vault.fetch(digest), columns=_NAMES, memory_map=False)
        search.looked(Kept.PART, names.height)
        rows = int(rows_of(search.finder, names, has_ids=has_ids).sum())
        if rows:
            yield Held(kind=Kept.PART, place=digest, rows=rows, form="ids" if has_ids else "")


def held_matrices(search: Search, parts: frozenset[str]) -> Iterator[Held]:
    """What was laid out from snapshots that hold or held somebody who was erased.

    What another snapshot of the pipeline, which never held them, was laid out in bit for bit holds nobody.
    """
    touched: set[str] = set()
    others: set[str] = set()
    for own in snapshots_of(search):
        now = {digest: search.house.ledger.standing_for(digest) for digest in own.snapshot.parts}
        is_touched = any(current is not None or digest in parts for digest, current in now.items())
        (touched if is_touched else others).update(_laid_out(search.house, own.run))
    for digest in sorted(touched | others):
        if search.house.vault.has(digest):
            search.looked(Kept.MATRIX)
            if digest not in others:
                yield Held(kind=Kept.MATRIX, place=digest)


def part_without(house: House, held: Held, finder: Finder) -> str:
    """The digest of the part without the customer's rows, which is in the vault."""
    rows = pl.read_parquet(house.vault.fetch(held.place), memory_map=False)
    kept = rows.filter(~rows_of(finder, rows, has_ids=bool(held.form)))
    with TemporaryDirectory(dir=house.workspace, prefix="erasing-") as folder:
        path = Path(folder) / "part.parquet"
        kept.rechunk().write_parquet(path, compression="zstd", row_group_size=ROWS_A_GROUP)
        return house.vault.put(path)


def sharing(house: House, parts: frozenset[str]) -> list[Run]:
    """Unfinished runs, of whichever pipeline, that go on from one of these parts."""
    return [
        run
        for run in house.ledger.runs(limit=MOST_RUNS)
        if not run.state.is_over()
        and (output := output_of(house, run, Stage.EXTRACT)) is not None
        and parts & {_now(house, digest) for digest in snapshot_from_json(output).parts}
    ]


def _parts(search: Search) -> dict[str, bool]:
    """Every part that is kept, as it is now, and whether its ids are ids."""
    found: dict[str, bool] = {}
    for one in snapshots_of(search):
        for digest in one.snapshot.parts:
            now = _now(search.house, digest)
            if search.house.vault.has(now):
                found[now] = found.get(now, True) and one.has_ids
    return found


def _now(house: House, digest: str) -> str:
    return house.ledger.standing_for(digest) or digest


def _laid_out(house: House, run: Run) -> Iterator[str]:
    """Files with a row for each loan: recipes and models, which hold none, stay."""
    prepared = output_of(house, run, Stage.PREPARE)
    if prepared is not None and prepared != b"null":
        laid = prepared_from_json(prepared)
        yield laid.rows
        yield from (variant.matrix for variant in laid.variants)
    refitted = output_of(house, run, Stage.REFIT)
    if refitted is not None:
        margins = refit_from_json(refitted).margins
        if margins is not None:
            yield margins


def _has_ids(run: Run) -> bool:
    """A declaration that this release cannot read any more is taken for one with ids: it is older than row numbers."""
    try:
        return parse_pipeline(run.request.declaration, run.request.declared_in).id != ROW_NUMBER
    except KingmakerError:
        return True
