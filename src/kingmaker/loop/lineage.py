"""What a run depended on and what it produced, as a committee reads it: digests, seeds, versions, and the parity shown."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from kingmaker.bundle.contents import Lineage
from kingmaker.bundle.reading import Bundle, open_bundle
from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.run import LineageEntry, Run
from kingmaker.domain.snapshot import Snapshot
from kingmaker.loop.selection import Selection
from kingmaker.ports.house import House


def published_bundle(house: House, pipeline: str, version: str | None) -> Bundle | None:
    """The bundle of a version, verified; None without one, or when it cannot be read any more or is not trusted here."""
    if version is None:
        return None
    try:
        archive = house.ledger.version(pipeline, version).archive
        return open_bundle(house.vault.fetch(archive), trusted=house.trusted())
    except KingmakerError:
        return None


def lineage_entries(
    run: Run,
    snapshot: Snapshot | None,
    selection: Selection | None,
    bundle: Bundle | None,
    erased: Sequence[tuple[date, int]] = (),
) -> tuple[LineageEntry, ...]:
    """As far as the run got. `bundle` is what it published: seeds, package versions and parity are known from there.

    `erased` are rows that left the snapshot since, by day.
    """
    found = [*_inputs(run, snapshot), *_erased(erased), *_challenger(selection), *_published(bundle)]
    return tuple(LineageEntry(name=name, value=value) for name, value in found)


def _inputs(run: Run, snapshot: Snapshot | None) -> Iterator[tuple[str, str]]:
    yield "declaration", run.request.declaration_digest
    if snapshot is not None:
        yield "snapshot", snapshot.digest


def _erased(erased: Sequence[tuple[date, int]]) -> Iterator[tuple[str, str]]:
    """The snapshot keeps its digest, which tells what was read; its rows are fewer."""
    for day, rows in erased:
        yield "erased from the snapshot since", f"{rows:,} rows on {day.isoformat()}, at a customer's request"


def erased_from(house: House, snapshot: Snapshot | None) -> tuple[tuple[date, int], ...]:
    """How many rows left the snapshot's parts, by the day on which their erasure was begun."""
    if snapshot is None:
        return ()
    own, found = set(snapshot.parts), Counter[date]()
    for one in reversed(house.ledger.erasures()):
        for file in house.ledger.replaced_files(one.number):
            if file.old in own and file.new is not None:
                own.add(file.new)
                found[one.begun_at.date()] += file.rows
    return tuple(sorted(found.items()))


def _challenger(selection: Selection | None) -> Iterator[tuple[str, str]]:
    finalist = selection.finalist if selection else None
    if finalist is not None:
        yield "trial", finalist.trial_key
        yield "model", finalist.model
        yield "recipe", finalist.recipe
    if selection is not None and selection.refitted is not None:
        yield "refitted model", selection.refitted.model


def _published(bundle: Bundle | None) -> Iterator[tuple[str, str]]:
    if bundle is None:
        return
    parity = bundle.manifest.parity
    yield "version", bundle.version
    yield "signing key", bundle.key
    yield from _fitted(bundle.lineage)
    yield "seeds", ", ".join(str(seed) for seed in bundle.lineage.seeds)
    yield "parity rows", f"{parity.rows:,}"
    yield "parity, largest difference in pd", f"{parity.largest_pd_difference:.1e} (allowed {parity.limit:.0e})"
    yield from sorted(bundle.lineage.packages.items())


def _fitted(lineage: Lineage) -> Iterator[tuple[str, str]]:
    yield "published as", lineage.published_as
    if lineage.fitted_until is not None:
        yield "fitted on loans applied for until", lineage.fitted_until.isoformat()
    if lineage.fitted_rows is not None:
        yield "fitted on loans", f"{lineage.fitted_rows:,}"
