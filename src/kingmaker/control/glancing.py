"""Key figures of the models that were in force, read from verdicts' evidence once: what lies under a digest never changes."""

from collections import OrderedDict
from collections.abc import Collection, Iterable
from itertools import chain, zip_longest
from threading import Lock
from time import monotonic
from typing import Final

import msgspec

from kingmaker.control.records import FigurePoint
from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.pipeline_standing import JudgedRun
from kingmaker.ports.house import House

PATIENCE_SECONDS: Final = 0.5
MOST_KNOWN: Final = 50_000


class _AtCut(msgspec.Struct, frozen=True):
    approval_rate: float
    bad_rate: float
    false_kill: float


class _Model(msgspec.Struct, frozen=True):
    auc: float
    at_cut: _AtCut


class _Evidence(msgspec.Struct, frozen=True):
    challenger: _Model | None = None
    champion: _Model | None = None


class _Selection(msgspec.Struct, frozen=True):
    """The part of a selection that is read."""

    evidence: _Evidence | None = None


class _Known:
    """What was read, by digest; what cannot be read is known to be so. Safe for several threads."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, _Evidence] = OrderedDict()
        self._guard = Lock()

    def has(self, digest: str) -> bool:
        return digest in self._found

    def read(self, house: House, digest: str) -> _Evidence:
        found = self._found.get(digest)
        if found is None:
            found = _read(house, digest)
            with self._guard:
                self._found[digest] = found
                while len(self._found) > MOST_KNOWN:
                    self._found.popitem(last=False)
        return found


_KNOWN: Final = _Known()


def points_of(house: House, pipelines: Collection[str] | None, *, each: int) -> dict[str, list[FigurePoint]]:
    """By pipeline, oldest first; `pipelines` None: of all. The newest of each pipeline are read first, for half a second."""
    judged: dict[str, list[JudgedRun]] = {}
    for one in house.ledger.newest_judged(pipelines, each=each):
        judged.setdefault(one.pipeline, []).append(one)
    until = monotonic() + PATIENCE_SECONDS
    points = [
        point
        for one in _newest_first(judged.values())
        if _KNOWN.has(one.evidence) or monotonic() < until
        for point in _point(one, _KNOWN.read(house, one.evidence))
    ]
    found: dict[str, list[FigurePoint]] = {}
    for pipeline, point in sorted(points, key=lambda told: told[1].run):
        found.setdefault(pipeline, []).append(point)
    return found


def _newest_first(judged: Iterable[list[JudgedRun]]) -> Iterable[JudgedRun]:
    """The newest of every pipeline, then the next ones."""
    rounds = zip_longest(*(reversed(runs) for runs in judged))
    return (one for one in chain.from_iterable(rounds) if one is not None)


def _point(one: JudgedRun, evidence: _Evidence) -> list[tuple[str, FigurePoint]]:
    """Nothing where no model was in force after the run."""
    model = evidence.challenger if one.is_in_force else evidence.champion
    if model is None:
        return []
    cut = model.at_cut
    point = FigurePoint(
        run=one.run,
        at=one.at,
        auc=model.auc,
        false_kill=cut.false_kill,
        approval_rate=cut.approval_rate,
        bad_rate=cut.bad_rate,
    )
    return [(one.pipeline, point)]


def _read(house: House, digest: str) -> _Evidence:
    try:
        return msgspec.json.decode(house.vault.read(digest), type=_Selection).evidence or _Evidence()
    except (KingmakerError, msgspec.DecodeError):
        return _Evidence()
