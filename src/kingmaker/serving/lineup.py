"""The line-up: who answers, who is tried beside, and how each reads rows, for as long as one standing lasts."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from kingmaker.serving.deployed import Deployed
from kingmaker.serving.express import Express, express_of
from kingmaker.serving.fields import Accepting, Fields, Id
from kingmaker.serving.journal.entry import Role
from kingmaker.serving.seat import Standing

_SALT = b"canary"
_WHOLE = 2**64


@dataclass(frozen=True, slots=True)
class Lane:
    """One version at work. Lanes whose models read rows alike share one `fields`."""

    deployed: Deployed
    fields: Fields
    role: Role

    @property
    def short(self) -> str:
        return self.deployed.bundle.short


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineup:
    """`canary` answers for the applications that `is_canary` names. `express` is there where the champion is alone."""

    standing: Standing
    champion: Lane
    canary: Lane | None
    shadows: tuple[Lane, ...]
    share: float
    pipeline: bytes
    express: Express | None = None

    def is_canary(self, id_: Id) -> bool:
        """Whether the canary answers for this application: always the same one's, whatever the canary or the process.

        Applications without an id are the champion's.
        """
        if id_ is None:
            return False
        digest = blake2b(str(id_).encode("utf-8", "surrogatepass"), digest_size=8, key=_SALT, person=self.pipeline)
        return int.from_bytes(digest.digest()) < self.share * _WHOLE


def line_up(standing: Standing, accepting: Accepting, before: Lineup | None = None) -> Lineup:
    """The line-up of a standing; models that read rows as one did `before` go on with its fields."""
    known = [lane.fields for lane in _lanes(before)] if before else []

    def lane(deployed: Deployed, role: Role) -> Lane:
        schema = deployed.bundle.schema
        fields = next((one for one in known if one.reads_like(schema)), None) or Fields(schema, accepting)
        known.append(fields)
        return Lane(deployed, fields, role)

    pointer = standing.pointer
    champion = lane(standing.champion, "champion")
    is_alone = not (standing.canary or standing.shadows)
    return Lineup(
        standing=standing,
        champion=champion,
        canary=lane(standing.canary, "canary") if standing.canary else None,
        shadows=tuple(lane(shadow, "shadow") for shadow in standing.shadows),
        share=pointer.canary.share if pointer.canary else 0.0,
        pipeline=blake2b(pointer.pipeline.encode(), digest_size=16).digest(),
        express=express_of(standing.champion, champion.fields) if is_alone else None,
    )


def _lanes(lineup: Lineup) -> Iterable[Lane]:
    return (lineup.champion, *([lineup.canary] if lineup.canary else []), *lineup.shadows)
