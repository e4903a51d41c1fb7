"""What an endpoint can say about how it follows the champion: for its health, its metrics, and whoever runs it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from kingmaker.domain.errors import KingmakerError
from kingmaker.serving.assembling import Missing, sentence_of
from kingmaker.serving.deployed import Deployed
from kingmaker.serving.seat import Standing


class Condition(StrEnum):
    WAITING = "waiting"
    """Nothing has been served yet."""
    SERVING = "serving"
    """What the newest pointer asks for answers."""
    BEHIND = "behind"
    """An earlier standing answers, because the newest pointer or its bundle is not to be had, or not to be believed."""
    SILENT = "silent"
    """What was last known answers: the depot does not, or has no pointer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    code: str
    what: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """One moment of a follower. `version`, `edition`, `turn` and `since` are of what answers now; `since` is when it began to.

    `newest` is the newest edition that was admitted; `failure` is what stands between it, or a pointer that was refused, and
    the seat; `silence` is why the depot cannot be followed now; `last_failure` the newest of all, also when it is over.
    `next_try` is None where only another pointer helps. `contact` is when the depot last answered. `from_cache`: what answers
    was not confirmed by the depot since the start.
    """

    pipeline: str
    endpoint: str
    version: str = ""
    edition: int = 0
    turn: int = 0
    since: datetime | None = None
    newest: int = 0
    failure: Failure | None = None
    silence: Failure | None = None
    last_failure: Failure | None = None
    next_try: datetime | None = None
    missing: tuple[Missing, ...] = ()
    notes: tuple[str, ...] = ()
    cache: str = ""
    contact: datetime | None = None
    from_cache: bool = False

    @property
    def condition(self) -> Condition:
        if not self.version:
            return Condition.WAITING
        if self.failure:
            return Condition.BEHIND
        return Condition.SILENT if self.silence else Condition.SERVING

    @property
    def why(self) -> str:
        """Why it is in this condition, and what is amiss beside it, in sentences."""
        failures = [one.what for one in (self.failure, self.silence) if one]
        missing = [f"The {one.role} {one.version[:12]} is missing: {one.why}" for one in self.missing]
        return " ".join([*failures, *missing, *self.notes, *([self.cache] if self.cache else [])])


def report_of(following: Following, *, at: datetime, release: str, served: object = None) -> bytes:
    """The JSON that a depot is told. `served` is how requests were served, None where that is not counted."""
    return msgspec.json.encode(
        {
            "endpoint": following.endpoint,
            "pipeline": following.pipeline,
            "version": following.version,
            "edition": following.edition,
            "turn": following.turn,
            "since": following.since,
            "state": following.condition,
            "why": following.why,
            "at": at,
            "release": release,
        }
        | ({} if served is None else {"service": served})
    )


def failure_of(error: Exception, at: datetime) -> Failure:
    code = error.code if isinstance(error, KingmakerError) else "unexpected"
    return Failure(code=code, what=sentence_of(error), at=at)


def is_same(left: Standing, right: Standing) -> bool:
    """Whether the very same deployments stand for the same pointer."""
    parts = [(one.champion, one.canary, *one.shadows) for one in (left, right)]
    same_parts = len(parts[0]) == len(parts[1]) and all(a is b for a, b in zip(*parts, strict=True))
    return same_parts and left.pointer == right.pointer


def news_for_callers(before: Deployed, after: Deployed) -> tuple[str, ...]:
    """What a caller should know whose rows were made for the version before."""
    known = {field.name for field in before.bundle.schema.fields}
    fresh = [field.name for field in after.bundle.schema.fields if field.name not in known]
    if not fresh:
        return ()
    return (f"Version {after.version[:12]} reads {', '.join(fresh)}, which {before.version[:12]} before it did not.",)
