"""What monitoring tells: each day of each version, how requests were served, and what became of the loans so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Population stability indices against the reference, less what chance gives and never below nought.

    Over one day, and over the 7 and the 28 days that end with it. None: too few answers to say, or nothing to compare with.
    """

    day: float | None = None
    week: float | None = None
    month: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureReading:
    """`missing` is the day's share of missing values, `reference_missing` that of the rows the model was fitted on."""

    name: str
    drift: Drift
    missing: float
    reference_missing: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReading:
    """One day (UTC) of one version. A `shadow` scored unseen; others answered, as `champion` or canary.

    `expected_approval` is the share that the cut was made for. `scores` counts answers by the lowest score of ten points.
    """

    day: date
    version: str
    is_shadow: bool
    answers: int
    approved: int
    expected_approval: float | None
    mean_pd: float | None
    grades: Mapping[str, int]
    scores: Mapping[int, int]
    score: Drift
    features: tuple[FeatureReading, ...]

    @property
    def approval_rate(self) -> float | None:
        return self.approved / self.answers if self.answers else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReading:
    """How one endpoint served on one day (UTC), as it reported. Seconds are upper bounds of a histogram's bucket.

    `refused` were wrong themselves, `errors` are the endpoint's own fault.
    """

    day: date
    endpoint: str
    requests: int
    refused: int
    errors: int
    p50: float | None
    p99: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointReading:
    """What an endpoint logged over the newest 28 days that are kept."""

    endpoint: str
    answers: int
    approved: int
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BandReading:
    """Loans of one grade whose outcome was handed in. `expected` is their mean predicted pd at the horizon.

    `bads` are those gone bad so far. `matured` are those whose horizon has closed, with their bads and mean predicted pd.
    """

    grade: str
    loans: int
    bads: int
    expected: float
    matured: int
    matured_bads: int
    matured_expected: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeReading:
    """Of the `loans` that are at least so many `months` old, the share that was bad by then, beside the training loans'."""

    months: int
    loans: int
    bads: int
    expected: float | None

    @property
    def share(self) -> float | None:
        return self.bads / self.loans if self.loans else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeReading:
    """What became of the loans that a version approved, as far as outcomes were handed in until `as_of`."""

    version: str
    as_of: date
    loans: int
    bands: tuple[BandReading, ...]
    ages: tuple[AgeReading, ...]
    """Empty where outcomes have no dates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """Everything that is read of a pipeline's endpoints from `since` to `until`, days oldest first; `service` of 28 days.

    `read_at` None: nothing was ever read. `unreadable` are segments that were damaged, `unknown` answers of versions that were
    not published here.
    """

    pipeline: str
    since: date
    until: date
    read_at: datetime | None = None
    segments: int = 0
    listed: int = 0
    """Segments that lay in the inbox when this was told: with another number it is told anew."""
    unreadable: int = 0
    unknown: int = 0
    days: tuple[DayReading, ...] = ()
    service: tuple[ServiceReading, ...] = ()
    endpoints: tuple[EndpointReading, ...] = ()
    outcomes: tuple[OutcomeReading, ...] = ()
    outcome_files: int = 0
    """Files of outcomes that were read."""
