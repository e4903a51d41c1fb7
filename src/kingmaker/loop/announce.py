"""Announcing: the ledger says who is in force, and the vault's signed pointer tells endpoints, which read nothing else.

The ledger moves first. Whoever finds the pointer behind announces again: each command that moves the champion or its
companions, each run at its start, and the doctor.
"""

from contextlib import suppress
from dataclasses import replace

from kingmaker.bundle.pointers import pointer_name, read_pointer, sealed_pointer
from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.companions import CompanionChange
from kingmaker.domain.errors import BundleRefused, KingmakerError, PointerRefused, TamperFound
from kingmaker.domain.pointer import Canary, Placed, Pointer
from kingmaker.loop.bundles import archive_of
from kingmaker.ports.house import House


def announce(house: House, pipeline: str) -> Pointer | None:
    """Make the announced pointer what the ledger says, and answer with it; None while there is no champion. Idempotent.

    What was announced is read again after it was written, so that of several who announce at once the newest is heard.
    An edition says one thing: none is announced twice with other contents. Raises BundleRefused when the champion's bundle
    is lost, TamperFound when endpoints were told what the ledger does not know, PointerRefused for what none would believe.
    """
    while (pointer := pointer_of(house, pipeline)) is not None:
        announced = announced_pointer(house, pipeline)
        if announced is None or announced.edition < pointer.edition:
            house.vault.name(pointer_name(pipeline), _sealed(house, pointer))
        elif _says_the_same(announced, pointer):
            return announced
        elif pointer_of(house, pipeline) == pointer:
            raise _unknown_to_the_ledger(announced, pointer)
    return None


def announce_if_found(house: House, pipeline: str) -> None:
    """Announce what an earlier command may have left unsaid; a champion whose bundle is lost stays as announced."""
    with suppress(BundleRefused):
        announce(house, pipeline)


def announced_pointer(house: House, pipeline: str) -> Pointer | None:
    """What endpoints are told now; None when there is nothing that they would believe."""
    data = house.vault.named(pointer_name(pipeline))
    if data is None:
        return None
    try:
        return read_pointer(data, trusted=house.trusted(), where=pointer_name(pipeline))
    except PointerRefused:
        return None


def pointer_of(house: House, pipeline: str) -> Pointer | None:
    """The pointer as the ledger has it; None while there is no champion. A companion whose bundle is lost is left out."""
    turn, change = _standing(house, pipeline)
    if turn is None:
        return None
    canary = _found(house, pipeline, change.canary) if change and change.canary else None
    shadows = [_found(house, pipeline, version) for version in change.shadows] if change else []
    return Pointer(
        pipeline=pipeline,
        edition=turn.turn + (change.number if change else 0),
        turn=turn.turn,
        champion=_placed(house, pipeline, turn.version),
        since=turn.since,
        reason=turn.reason,
        why=turn.why,
        shadows=tuple(one for one in shadows if one is not None),
        canary=Canary(placed=canary, share=change.share) if canary and change and change.share is not None else None,
    )


def _sealed(house: House, pointer: Pointer) -> bytes:
    """Read before it is announced: what endpoints would refuse is not written. Raises PointerRefused."""
    data = sealed_pointer(pointer, house.signing_key())
    read_pointer(data, trusted=house.trusted(), where=pointer_name(pointer.pipeline))
    return data


def _standing(house: House, pipeline: str) -> tuple[ChampionTurn | None, CompanionChange | None]:
    """Champion and companions as they were at one moment: turns only grow, so one that stayed was there in between."""
    turn = house.ledger.champion(pipeline)
    while True:
        change = house.ledger.companions(pipeline)
        now = house.ledger.champion(pipeline)
        if now == turn:
            return turn, change
        turn = now


def _placed(house: House, pipeline: str, version: str) -> Placed:
    archive = house.ledger.version(pipeline, version).archive
    return Placed(version=version, archive=archive, size=archive_of(house, pipeline, version).stat().st_size)


def _found(house: House, pipeline: str, version: str) -> Placed | None:
    try:
        return _placed(house, pipeline, version)
    except KingmakerError:
        return None


def _says_the_same(announced: Pointer, pointer: Pointer) -> bool:
    """Whether both are one edition; a companion whose bundle was lost or restored since then makes no other one of it."""
    return replace(announced, shadows=(), canary=None) == replace(pointer, shadows=(), canary=None)


def _unknown_to_the_ledger(announced: Pointer, pointer: Pointer) -> TamperFound:
    return TamperFound(
        f"endpoints were told edition {announced.edition}, of which the ledger, at edition {pointer.edition}, knows nothing",
        where=pointer_name(pointer.pipeline),
        remedy="The ledger is not the one that announced it: restore its newest copy.",
    )
