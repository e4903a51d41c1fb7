"""Model versions and the champion: which version is in force, since when, why, and who moved the pointer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVersion:
    """A published bundle. `version` is the digest of its manifest; `archive` the vault digest of its one file."""

    version: str
    pipeline: str
    run: int
    archive: str
    learner: str
    published_at: datetime

    @property
    def short(self) -> str:
        return self.version[:12]


class TurnReason(StrEnum):
    PROMOTED = "promoted"
    APPROVED = "approved"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChampionTurn:
    """One position of the champion pointer. `turn` starts at 1 and grows by one with every move."""

    pipeline: str
    turn: int
    version: str
    since: datetime
    reason: TurnReason
    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One link of the audit chain: `digest` covers the entry and `previous`, so that no entry can be changed unseen."""

    number: int
    at: datetime
    by: str
    action: str
    subject: str
    before: str
    after: str
    why: str
    previous: str
    digest: str
