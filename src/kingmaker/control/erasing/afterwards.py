"""After an erasure: the proof that nothing holds the customer, and what arrives late."""

from collections import Counter
from datetime import timedelta
from typing import Final

from kingmaker.control.erasing.erase import carry_out, found, search_of
from kingmaker.domain.erasure import ErasedKind, Erasure, ErasureCheck, Kept
from kingmaker.domain.errors import KingmakerError, RunRefused
from kingmaker.ports.house import House

MOST_ERASURES: Final = 1_000_000
LATE_DAYS: Final = 30
"""So long after an erasure what arrives is looked through."""
SHIPPED_DAYS: Final = 7
"""An endpoint that ships its segments later than this is found by `check_erasures`, and cleaned by erasing again."""


def check_erasures(house: House, pipelines: frozenset[str] | None = None) -> ErasureCheck:
    """Look through everything that is kept for everybody who was erased, by their marks."""
    files: Counter[Kept] = Counter()
    rows: Counter[Kept] = Counter()
    places: list[str] = []
    unreadable: set[str] = set()
    every = house.ledger.erasures(limit=MOST_ERASURES)
    erasures = [one for one in every if pipelines is None or one.pipeline in pipelines]
    for erasure in erasures:
        search = search_of(house, erasure)
        places += [f"erasure {erasure.number}: {one.kind.value} {one.place}" for one in found(search)]
        files.update(search.files)
        rows.update(search.rows)
        unreadable.update(search.unreadable)
    return ErasureCheck(
        erasures=len(erasures),
        scanned=tuple(ErasedKind(kind=kind, files=files[kind], rows=rows[kind]) for kind in Kept if files[kind]),
        found=tuple(places),
        unreadable=tuple(sorted(unreadable)),
        versions=tuple(sorted({version for one in erasures for version in one.versions})),
    )


def keep_erased(house: House) -> int:
    """Finish erasures that were broken off, erase what arrived since, let go of what came back; how many were touched.

    One whose rows a run reads at this moment waits for the next time. What keeps one from being finished keeps no other, and is
    raised in the end.
    """
    touched, failed = 0, None
    for erasure in house.ledger.erasures(limit=MOST_ERASURES):
        try:
            touched += _kept(house, erasure)
        except RunRefused:
            continue
        except KingmakerError as error:
            failed = failed or error
    for replaced in house.ledger.replaced_files():
        if replaced.kind in {Kept.PART, Kept.OUTCOMES}:
            house.vault.discard(replaced.old)
    if failed is not None:
        raise failed
    return touched


def _kept(house: House, erasure: Erasure) -> int:
    if erasure.ended_at is not None:
        if house.clock() - erasure.begun_at > timedelta(days=LATE_DAYS):
            return 0
        since = (erasure.begun_at - timedelta(days=SHIPPED_DAYS)).date()
        late = found(search_of(house, erasure), segments_since=since)
        if all(one.kind is Kept.WORKSPACE for one in late):  # a run under way removes its own
            return 0
        erasure = house.ledger.reopen_erasure(erasure.number)
    carry_out(house, erasure)
    return 1
