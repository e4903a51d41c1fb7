"""A snapshot: the immutable extract of one run, its windows, and why rows are not in it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Window(StrEnum):
    """The periods of application dates a matured loan falls into, oldest first; `recent` holds unlabelled applicants."""

    TRAIN = "train"
    CALIBRATION = "calibration"
    SELECTION = "selection"
    TEST = "test"
    RECENT = "recent"


class WindowBasis(StrEnum):
    """What the windows were cut by."""

    DATE = "date"
    RANDOM = "random"
    """No application date: a seeded stratified split, on which drift and maturity cannot be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowCount:
    """One window of the snapshot. `first` and `last` are application dates, None without dates; recent has no bads."""

    window: Window
    rows: int
    bads: int
    first: date | None
    last: date | None

    @property
    def bad_rate(self) -> float:
        return self.bads / self.rows if self.rows else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """How many rows left the extract for which reason, in the order in which the reasons were applied."""

    reason: str
    rows: int
    sentence: str


class Severity(StrEnum):
    NOTE = "note"
    WARNING = "warning"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing the data check or the leak guard saw. A refusal stops the run before any training."""

    check: str
    severity: Severity
    column: str | None
    value: float | None
    limit: float | None
    sentence: str
    remedy: str = ""

    def told(self) -> str:
        """Sentence and remedy as they follow one another in a text."""
        ended = self.sentence if self.sentence.endswith((".", "?", "!")) else f"{self.sentence}."
        return f"{ended[:1].upper()}{ended[1:]} {self.remedy}".strip()


class ColumnKind(StrEnum):
    NUMBER = "number"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A column the model may use. `monotone` is +1 when pd must not fall as the value rises, -1 for the reverse, else 0."""

    name: str
    kind: ColumnKind
    monotone: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A column that is not a feature, and why."""

    column: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The immutable extract of one run.

    `parts` are vault digests of Parquet files, in order. Each holds the declared columns plus `_label` (0 good, 1 bad,
    null for recent rows), `_window` (a Window value), `_applied_at` (date or null), `_customer` (string), `_id` (string)
    and `_amount` (double or null). `digest` covers the parts' contents and nothing that differs between machines.
    """

    digest: str
    parts: tuple[str, ...]
    as_of: date
    rows: int
    basis: WindowBasis
    windows: tuple[WindowCount, ...]
    exclusions: tuple[Exclusion, ...]
    features: tuple[Feature, ...]
    left_out: tuple[LeftOut, ...]
    findings: tuple[Finding, ...]
    vintage: tuple[float, ...] = ()
    """Share of the judged loans that were bad by the end of each whole month after application, until the horizon.

    Empty where outcomes have no dates, and in snapshots that were made before it was kept.
    """

    def window(self, window: Window) -> WindowCount:
        return next(count for count in self.windows if count.window is window)
