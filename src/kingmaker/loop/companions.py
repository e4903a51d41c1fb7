"""What people do about companions: put a shadow or a canary beside the champion, and send it away again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kingmaker.bundle.pointers import MAX_SHADOWS
from kingmaker.bundle.proof import prove
from kingmaker.domain.companions import CompanionChange
from kingmaker.domain.errors import KingmakerError, RunRefused
from kingmaker.loop.announce import announce
from kingmaker.loop.bundles import published_bundle
from kingmaker.loop.records import Accompanied
from kingmaker.loop.reign import version_in_force
from kingmaker.ports.house import House

Canaries = tuple[str, float] | None


class CompanionRefused(KingmakerError):
    """The version cannot accompany the champion in this way."""

    code = "companion_refused"


@dataclass(frozen=True, slots=True)
class _Companions:
    """Who accompanies the champion, and the number of the change that made it so."""

    number: int
    shadows: tuple[str, ...]
    canary: Canaries


NOBODY: Final = _Companions(0, (), None)


def companions_at(house: House, pipeline: str, moment: datetime | None) -> CompanionChange | None:
    """Who accompanied the champion then; now without a moment. None when nobody did yet."""
    if moment is None:
        return house.ledger.companions(pipeline)
    past = [change for change in house.ledger.companion_changes(pipeline) if change.since <= moment]
    return past[-1] if past else None


def add_shadow(house: House, pipeline: str, prefix: str, *, by: str, why: str) -> Accompanied:
    """Let a published version score every application unseen, once it is proven. Said again, it is harmless.

    Raises NotFound, CompanionRefused when there are too many, RunRefused for the champion itself, BundleRefused.
    """
    version, now = _version(house, pipeline, prefix), _companions(house, pipeline)
    if version in now.shadows:
        return _announced(house, pipeline, version)
    if len(now.shadows) >= MAX_SHADOWS:
        raise CompanionRefused(
            f"{MAX_SHADOWS} shadows accompany the champion already",
            remedy="Stop one first: `kingmaker shadow VERSION --stop`.",
        )
    prove(published_bundle(house, pipeline, version))
    return _change(house, pipeline, version, _Companions(now.number, (*now.shadows, version), now.canary), by, why)


def stop_shadow(house: House, pipeline: str, prefix: str, *, by: str, why: str) -> Accompanied:
    """Score a shadow no longer. Raises CompanionRefused when it is none."""
    version, now = _version(house, pipeline, prefix), _companions(house, pipeline)
    if version not in now.shadows:
        raise CompanionRefused(
            f"version {version[:12]} is no shadow", remedy="`kingmaker champion` shows who accompanies the champion."
        )
    left = tuple(one for one in now.shadows if one != version)
    return _change(house, pipeline, version, _Companions(now.number, left, now.canary), by, why)


def set_canary(house: House, pipeline: str, prefix: str, share: float, *, by: str, why: str) -> Accompanied:
    """Let a published version answer for a share of the applications, once it is proven. Said again, it is harmless.

    `share` lies in (0, 1). It takes the place of the canary there was. Raises as `add_shadow` does.
    """
    version, now = _version(house, pipeline, prefix), _companions(house, pipeline)
    if now.canary == (version, share):
        return _announced(house, pipeline, version)
    prove(published_bundle(house, pipeline, version))
    return _change(house, pipeline, version, _Companions(now.number, now.shadows, (version, share)), by, why)


def stop_canary(house: House, pipeline: str, *, by: str, why: str) -> Accompanied:
    """Let the champion answer for every application again. Raises CompanionRefused when there is no canary."""
    now = _companions(house, pipeline)
    if now.canary is None:
        raise CompanionRefused("there is no canary to stop", remedy="`kingmaker champion` shows who answers.")
    return _change(house, pipeline, now.canary[0], _Companions(now.number, now.shadows, None), by, why)


def _version(house: House, pipeline: str, prefix: str) -> str:
    version = house.ledger.version(pipeline, prefix).version
    if version == version_in_force(house, pipeline):
        raise RunRefused(
            f"version {version[:12]} is in force, and cannot accompany itself",
            remedy="`kingmaker versions` lists the others.",
        )
    return version


def _companions(house: House, pipeline: str) -> _Companions:
    newest = house.ledger.companions(pipeline)
    if newest is None:
        return NOBODY
    canary = (newest.canary, newest.share) if newest.canary and newest.share is not None else None
    return _Companions(newest.number, newest.shadows, canary)


def _change(house: House, pipeline: str, version: str, wanted: _Companions, by: str, why: str) -> Accompanied:
    house.ledger.accompany(
        pipeline, shadows=wanted.shadows, canary=wanted.canary, expected=wanted.number, by=by, why=why
    )
    return _announced(house, pipeline, version)


def _announced(house: House, pipeline: str, version: str) -> Accompanied:
    pointer = announce(house, pipeline)
    assert pointer is not None, "there is a champion to accompany"
    return Accompanied(pipeline=pipeline, version=version, pointer=pointer)
