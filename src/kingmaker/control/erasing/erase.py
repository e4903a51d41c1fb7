"""Erasing one customer from a pipeline: written down first, then file by file, so that a kill at any moment loses nothing.

Files that are written anew have the rows of everybody else as they were. A file is written and its successor noted before
it goes; whoever comes again, with the identifier or by the marks alone, goes on.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from kingmaker.cohort.roles import ROW_NUMBER
from kingmaker.control.erasing.folders import held_replays, held_workspaces, remove_folder
from kingmaker.control.erasing.golden import versions_with
from kingmaker.control.erasing.held import Held, Search
from kingmaker.control.erasing.lines import held_outcomes, held_segments, outcomes_without, segment_without
from kingmaker.control.erasing.snapshots import applications_in, held_matrices, held_parts, part_without, sharing
from kingmaker.control.monitoring import declaration_of
from kingmaker.domain.erasure import ErasedKind, Erasure, Kept, Marks, Replaced
from kingmaker.domain.errors import KingmakerError, NotFound, RunRefused
from kingmaker.ports.house import House
from kingmaker.privacy.erased import Finder, Marker


def erase(
    house: House,
    pipeline: str,
    customer: str,
    *,
    applications: Sequence[str] = (),
    by: str,
    why: str,
    dry: bool = False,
) -> Erasure:
    """Take the customer's rows out of everything that is kept of the pipeline; `dry` only counts.

    `applications` are ids of the customer's applications as people say them, which no snapshot need know. Raises RunRefused
    while a run that reads the rows is under way, and KingmakerError for a pipeline whose rows name nobody.
    """
    if not customer.strip():
        raise KingmakerError("the customer's identifier is empty", remedy="Write it on the first line of the file.")
    refuse_nameless(house, pipeline)
    marker = Marker(house.pseudonym_key)
    marks = marker.marks_of(customer, applications)
    hidden = tuple(marker.application(marker.pseudonym(one)) for one in applications)
    sought = replace(marks, applications=(*marks.applications, *hidden))
    search = Search(house=house, pipeline=pipeline, finder=Finder(marker, sought))
    known = {marker.application(one) for one in applications_in(search)}
    marks = replace(marks, applications=tuple(sorted({*marks.applications, *known})))
    search = replace(search, finder=Finder(marker, marks))
    versions = sorted(set(versions_with(search)))
    held = list(found(search, whole=True))
    refuse_under_way(house, pipeline, held)
    if dry:
        return _outlook(house, pipeline, marks, held, versions, by=by, why=why)
    begun = house.ledger.begin_erasure(pipeline, marks, versions=versions, by=by, why=why)
    return carry_out(house, begun)


def carry_out(house: House, begun: Erasure) -> Erasure:
    """Go on with an erasure to its end, by its marks alone."""
    search = search_of(house, begun)
    held = list(found(search, whole=True))
    refuse_under_way(house, begun.pipeline, held)
    parts = frozenset(one.place for one in held if one.kind is Kept.PART)
    for run in sharing(house, parts | _known(house, begun)):
        house.ledger.begin_anew(run.number)
    for one in sorted(held, key=lambda one: one.kind is Kept.PART):
        _removed(search, begun, one)
    for known in house.ledger.replaced_files(begun.number):
        if known.kind in {Kept.PART, Kept.MATRIX, Kept.OUTCOMES}:
            house.vault.discard(known.old)
    return house.ledger.end_erasure(begun.number)


def search_of(house: House, erasure: Erasure) -> Search:
    """The pipeline searched by an erasure's marks."""
    marks = house.ledger.erasure_marks(erasure.number)
    return Search(house=house, pipeline=erasure.pipeline, finder=Finder(Marker(house.pseudonym_key), marks))


def found(search: Search, *, segments_since: date | None = None, whole: bool = False) -> Iterator[Held]:
    """Everything that holds the customer; `whole`: also what unfinished runs work with, whatever it is."""
    parts = list(held_parts(search))
    yield from parts
    yield from held_matrices(search, frozenset(one.place for one in parts))
    yield from held_outcomes(search)
    yield from held_segments(search, segments_since)
    yield from held_workspaces(search, whole=whole)
    yield from held_replays(search)


def refuse_under_way(house: House, pipeline: str, held: Sequence[Held]) -> None:
    """Raises RunRefused while somebody works on a run of the pipeline, or on another's that reads the same rows."""
    parts = frozenset(one.place for one in held if one.kind is Kept.PART)
    shared = {run.number for run in sharing(house, parts)}
    for number in sorted(house.ledger.under_way()):
        if number in shared or house.ledger.run(number).request.pipeline == pipeline:
            raise RunRefused(
                f"run {number} is under way and reads the customer's rows",
                where=f"pipeline {pipeline}",
                remedy=f"Wait until it ends, or `kingmaker cancel {number}`; then erase again.",
            )


def _removed(search: Search, erasure: Erasure, held: Held) -> None:
    """The successor lies in the vault and is noted before the file goes."""
    house, finder = search.house, search.finder
    match held.kind:
        case Kept.PART:
            _note(house, erasure, held, held.place, part_without(house, held, finder))
            house.vault.discard(held.place)
        case Kept.OUTCOMES:
            _note(house, erasure, held, held.place, outcomes_without(house, erasure.pipeline, held, finder))
            house.vault.discard(held.place)
        case Kept.MATRIX:
            _note(house, erasure, held, held.place, None)
            house.vault.discard(held.place)
        case Kept.SEGMENT:
            before, after = segment_without(house, held, finder)
            _note(house, erasure, held, _digest(before), _digest(after))
            house.vault.name(held.place, after)
        case Kept.WORKSPACE | Kept.REPLAY:
            _note(house, erasure, held, _digest(held.place.encode()), None)
            remove_folder(house, held)


def _note(house: House, erasure: Erasure, held: Held, old: str, new: str | None) -> None:
    house.ledger.replace_file(erasure.number, Replaced(kind=held.kind, old=old, new=new, rows=held.rows))


def _known(house: House, erasure: Erasure) -> frozenset[str]:
    """Successors of parts that an earlier attempt had written."""
    files = house.ledger.replaced_files(erasure.number)
    return frozenset(one.new for one in files if one.kind is Kept.PART and one.new is not None)


def refuse_nameless(house: House, pipeline: str) -> None:
    """Raises NotFound for no pipeline, and KingmakerError for one whose loans name neither a customer nor an application."""
    if house.ledger.declared(pipeline) is None and not house.ledger.runs(pipeline, limit=1):
        raise NotFound(f"there is no pipeline {pipeline!r}", remedy="`kingmaker pipelines` lists them.")
    declared = declaration_of(house, pipeline)
    if declared.customer is None and declared.id == ROW_NUMBER:
        raise KingmakerError(
            "its loans name neither a customer nor an application, so nobody's rows can be told from others'",
            where=f"pipeline {pipeline}",
            remedy="Declare `customer` or `id`; what was read before goes with its runs, `kingmaker sweep`.",
        )


def _outlook(
    house: House, pipeline: str, marks: Marks, held: Sequence[Held], versions: Sequence[str], *, by: str, why: str
) -> Erasure:
    counted = (
        ErasedKind(kind=kind, files=len(own), rows=sum(one.rows for one in own))
        for kind in Kept
        if (own := [one for one in held if one.kind is kind])
    )
    return Erasure(
        number=0,
        pipeline=pipeline,
        customer=marks.customers[0],
        applications=len(marks.applications),
        by=by,
        why=why,
        begun_at=house.clock(),
        erased=tuple(counted),
        versions=tuple(versions),
    )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
