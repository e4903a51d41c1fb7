"""Only newer: which pointer may follow what an endpoint has seen. A replayed, forked or quietly reverted one may not."""

from dataclasses import dataclass
from hashlib import sha256

import msgspec

from kingmaker.domain.champion import TurnReason
from kingmaker.domain.errors import PointerRefused
from kingmaker.domain.pointer import Pointer

LONGEST_MEMORY = 4096
"""Turns: a lender that crowns a champion every week fills it in 78 years."""

_REMEDY = "What is in force stays in force. A way back is a new turn, signed as rolled back: `kingmaker rollback`."
_RESTORED = f"{_REMEDY} If the publisher's ledger was restored from an older backup, start with an empty cache folder."


class PointerReplayed(PointerRefused):
    """An older edition than one that was seen before."""

    code = "pointer_replayed"


class PointerForked(PointerRefused):
    """One edition, or one turn, that says two things."""

    code = "pointer_forked"


class PointerReverted(PointerRefused):
    """A turn that goes back, or an earlier champion that returns without a roll-back."""

    code = "pointer_reverted"


class PointerForeign(PointerRefused):
    """Another pipeline's pointer."""

    code = "pointer_foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The newest pointer that was admitted, and who reigned: (turn, version) in ascending order. Empty: none yet."""

    edition: int = 0
    turn: int = 0
    says: str = ""
    """SHA-256 of what the edition says, whoever signed it."""
    reigns: tuple[tuple[int, str], ...] = ()


def admit(pointer: Pointer, pipeline: str, seen: Seen) -> Seen:
    """What has been seen with this pointer. Raises PointerRefused (one of its kinds) for one that is not newer or the same."""
    where = f"pointer of {pointer.pipeline}, edition {pointer.edition}"
    if pointer.pipeline != pipeline:
        raise PointerForeign(f"this endpoint follows {pipeline}", where=where, remedy="Correct what lies at its place.")
    says = sha256(msgspec.json.encode(pointer, order="deterministic")).hexdigest()
    _check_edition(pointer, says, seen, where)
    _check_turn(pointer, seen, where)
    reigns = dict(seen.reigns) | {pointer.turn: pointer.champion.version}
    return Seen(
        edition=pointer.edition,
        turn=pointer.turn,
        says=says,
        reigns=tuple(sorted(reigns.items()))[-LONGEST_MEMORY:],
    )


def _check_edition(pointer: Pointer, says: str, seen: Seen, where: str) -> None:
    if pointer.edition < seen.edition:
        raise PointerReplayed(
            f"edition {seen.edition} was seen before, so this one is a replay", where=where, remedy=_RESTORED
        )
    if pointer.edition == seen.edition and says != seen.says:
        raise PointerForked("the same edition said something else before", where=where, remedy=_REMEDY)


def _check_turn(pointer: Pointer, seen: Seen, where: str) -> None:
    version, short = pointer.champion.version, pointer.champion.version[:12]
    if pointer.turn < seen.turn:
        raise PointerReverted(f"turn {pointer.turn} comes after turn {seen.turn} was seen", where=where, remedy=_REMEDY)
    reigns = dict(seen.reigns)
    if reigns.get(pointer.turn, version) != version:
        raise PointerForked(
            f"turn {pointer.turn} was that of version {reigns[pointer.turn][:12]}, and now is that of {short}",
            where=where,
            remedy=_REMEDY,
        )
    left = version != reigns.get(seen.turn) and version in reigns.values()
    if left and pointer.turn > seen.turn and pointer.reason is not TurnReason.ROLLED_BACK:
        raise PointerReverted(
            f"version {short} reigned before and returns as {pointer.reason}, not as rolled back",
            where=where,
            remedy=_REMEDY,
        )
