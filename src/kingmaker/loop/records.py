"""What the loop answers with, apart from what makes it: whoever only reads it needs none of the loop's libraries."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from kingmaker.domain.champion import ChampionTurn, ModelVersion
from kingmaker.domain.look import BudgetReset, Look
from kingmaker.domain.pointer import Pointer
from kingmaker.domain.run import LineageEntry, Run, StageRecord
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.thresholds import Thresholds
from kingmaker.domain.trial import Fault, Trial
from kingmaker.domain.verdict import RecordedVerdict, Verdict
from kingmaker.loop.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAccount:
    """What is known so far; None for what the run has not reached. `recorded` also says whether a person has decided on it.

    `champion_thresholds` are those of the champion that the verdict was reached against. `amount_column` is the declared
    one, None without.
    """

    run: Run
    stages: tuple[StageRecord, ...]
    snapshot: Snapshot | None
    trials: tuple[Trial, ...]
    faults: tuple[Fault, ...]
    selection: Selection | None
    recorded: RecordedVerdict | None
    version: ModelVersion | None
    history: tuple[ChampionTurn, ...]
    champion_thresholds: Thresholds | None
    lineage: tuple[LineageEntry, ...]
    amount_column: str | None
    under_way: bool = False
    """Whether a live process works on the run."""
    forgotten: str = ""
    """One sentence when the run's files are no longer kept; `snapshot`, `trials` and `selection` are missing then."""

    @property
    def verdict(self) -> Verdict | None:
        """As it was published; the ledger's, which stays, where the selection is forgotten."""
        if self.selection is not None:
            return self.selection.verdict
        return self.recorded.verdict if self.recorded else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A challenger that passed its first look, `look` of `run`, at `alpha`, and must pass a second, from `due` on.

    The second look repeats the level of the first and spends nothing: both must pass, so the pair errs no more often than its
    first look alone. Until it was taken, no other look may be opened.
    """

    run: int
    look: int
    alpha: float
    artefact: str
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a look at the test window on `today` may spend: `alpha`, 0 when none is due or a challenger waits for its second.

    `looks` and `spent` are of the 365 days up to today and since the newest reset; looks that confirm another are not counted,
    for they spend nothing. `yearly` is the limit. `cooling_down_until` is None when no replacement or roll-back was that
    recent; the first champion replaced nobody. `looks_taken` are all there ever were, `resets` too, oldest first.
    """

    pipeline: str
    today: date
    alpha: float
    next_look: date
    cooling_down_until: date | None
    looks: int
    spent: float
    yearly: float
    accrues_from: date
    waiting: Waiting | None
    looks_taken: tuple[Look, ...]
    resets: tuple[BudgetReset, ...]
    promote: str = "proven"
    """The declared rule; no other spends an error budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A bundle file outside the vault. `key` names the key that signed it, `digest` is the SHA-256 of the file."""

    path: Path
    pipeline: str
    version: str
    key: str
    digest: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accompanied:
    """What is announced after a change of companions. `version` is the one that came or went."""

    pipeline: str
    version: str
    pointer: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    name: str
    healthy: bool
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointReport:
    """The newest report of an endpoint. `behind` counts the editions announced since the one it serves; None: not known.

    `age_seconds` is how old the report is, None when it does not say when it was made. `state` is the endpoint's own word,
    or `unreadable` with the reason in `why`. `is_silent`: it should have reported again by now.
    """

    endpoint: str
    version: str
    edition: int | None
    since: datetime | None
    state: str
    why: str
    at: datetime | None
    behind: int | None
    age_seconds: float | None
    is_silent: bool = False
