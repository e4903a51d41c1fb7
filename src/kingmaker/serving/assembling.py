"""From a pointer to a standing: every version it names, fetched, proven and ready; what is ready already stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from kingmaker.bundle.keys import PublicKey
from kingmaker.domain.errors import BundleRefused, KingmakerError
from kingmaker.domain.pointer import Placed, Pointer
from kingmaker.ports.depot import Depot, DepotUnreachable
from kingmaker.serving.cache import Cache
from kingmaker.serving.deployed import Deployed, deploy
from kingmaker.serving.seat import Standing


class Role(StrEnum):
    CHAMPION = "champion"
    CANARY = "canary"
    SHADOW = "shadow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A version that the pointer names and the standing lacks. `may_pass`: it is tried again while the pointer stays."""

    role: Role
    version: str
    error: Exception
    may_pass: bool

    @property
    def why(self) -> str:
        return sentence_of(self.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    standing: Standing
    missing: tuple[Missing, ...] = ()


class Assembler:
    """Used from one thread. What it has refused it does not try again until it is told to forget."""

    def __init__(self, depot: Depot, cache: Cache, pipeline: str, trusted: Sequence[PublicKey]) -> None:
        self._depot = depot
        self._cache = cache
        self._pipeline = pipeline
        self._trusted = trusted
        self._refused: dict[str, BundleRefused] = {}

    def forget_refusals(self) -> None:
        """The pointer changed: whoever changed it may know better."""
        self._refused.clear()

    def has_refused(self, placed: Placed) -> bool:
        return placed.archive in self._refused

    def crown(self, pointer: Pointer, now: Standing | None, *, offline: bool = False) -> Standing:
        """The pointer's champion with those companions that are ready now. Raises KingmakerError when it cannot be served."""
        ready = _ready(now)
        champion = ready.get(pointer.champion.version) or self._deployed(pointer.champion, offline=offline)
        canary = ready.get(pointer.canary.placed.version) if pointer.canary else None
        shadows = tuple(ready[one.version] for one in pointer.shadows if one.version in ready)
        return Standing(pointer=pointer, champion=champion, canary=canary, shadows=shadows)

    def accompany(self, standing: Standing, *, offline: bool = False) -> Assembled:
        """The standing with every companion that its pointer names and that can be had; the others with their reason."""
        ready, missing = _ready(standing), []
        for role, placed in _companions(standing.pointer):
            if placed.version in ready:
                continue
            try:
                ready[placed.version] = self._deployed(placed, offline=offline)
            except Exception as error:  # noqa: BLE001 - whatever a companion does, the champion answers
                may_pass = not self.has_refused(placed)
                missing.append(Missing(role=role, version=placed.version, error=error, may_pass=may_pass))
        pointer = standing.pointer
        return Assembled(
            standing=replace(
                standing,
                canary=ready.get(pointer.canary.placed.version) if pointer.canary else None,
                shadows=tuple(ready[one.version] for one in pointer.shadows if one.version in ready),
            ),
            missing=tuple(missing),
        )

    def _deployed(self, placed: Placed, *, offline: bool) -> Deployed:
        if placed.archive in self._refused:
            raise self._refused[placed.archive]
        path = self._cache.bundle(placed) or self._brought(placed, offline=offline)
        try:
            return deploy(path, placed, self._pipeline, trusted=self._trusted)
        except BundleRefused as error:
            self._refused[placed.archive] = error
            self._cache.drop(placed)
            raise

    def _brought(self, placed: Placed, *, offline: bool) -> Path:
        if offline:
            raise DepotUnreachable("the bundle is not in the cache", where=placed.version[:12], remedy="It is fetched.")
        return self._cache.bring(placed, lambda part: self._depot.fetch(placed.archive, placed.size, part))


def _companions(pointer: Pointer) -> list[tuple[Role, Placed]]:
    canary = [(Role.CANARY, pointer.canary.placed)] if pointer.canary else []
    return canary + [(Role.SHADOW, one) for one in pointer.shadows]


def _ready(standing: Standing | None) -> dict[str, Deployed]:
    if standing is None:
        return {}
    each = (standing.champion, standing.canary, *standing.shadows)
    return {one.version: one for one in each if one is not None}


def sentence_of(error: Exception) -> str:
    """What is wrong; an error that nobody foresaw is told by its type."""
    return error.sentence() if isinstance(error, KingmakerError) else f"{type(error).__name__}: {error}"
