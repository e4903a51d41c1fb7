"""Alarms: readings that crossed their limit, and the limits that nobody has to declare."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlarmKind(StrEnum):
    FEATURE_DRIFT = "feature_drift"
    """Applicants' values of a column are not spread as those the model was fitted on."""
    SCORE_DRIFT = "score_drift"
    APPROVAL_RATE = "approval_rate"
    VOLUME = "volume"
    ERRORS = "errors"
    LATENCY = "latency"
    ENDPOINT_SILENT = "endpoint_silent"
    ENDPOINT_BEHIND = "endpoint_behind"
    EARLY_DELINQUENCY = "early_delinquency"
    CALIBRATION = "calibration"


class AlarmLevel(StrEnum):
    WATCH = "watch"
    """Worth a look; nobody is told."""
    ALARM = "alarm"
    """People outside are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A reading beyond its limit now. `what` is the column, grade or endpoint; empty where the kind says it all.

    `sentence` is for a person who knows loans.
    """

    pipeline: str
    kind: AlarmKind
    what: str
    level: AlarmLevel
    value: float
    limit: float
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A crossing from when it was first seen to when it was over. `value` is the newest, `worst` the farthest from its limit.

    `level` never falls while the alarm lasts: it is over when the reading is back below the limit of a watch. `until` None: it
    lasts. `ended` says why it is over.
    """

    number: int
    pipeline: str
    kind: AlarmKind
    what: str
    level: AlarmLevel
    value: float
    worst: float
    limit: float
    sentence: str
    since: datetime
    seen_at: datetime
    until: datetime | None = None
    ended: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """From `watch` on it is worth a look, from `alarm` on people are told."""

    watch: float
    alarm: float

    def level(self, value: float) -> AlarmLevel | None:
        """None below both."""
        if value >= self.alarm:
            return AlarmLevel.ALARM
        return AlarmLevel.WATCH if value >= self.watch else None

    def crossed(self, level: AlarmLevel) -> float:
        return self.alarm if level is AlarmLevel.ALARM else self.watch


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorPolicy:
    """When a reading is an alarm. Drift and approval are read over the newest seven days, volume over the newest whole day."""

    feature_drift: Limit = Limit(watch=0.10, alarm=0.25)
    """Population stability index of a column, less what chance gives; a single day's counts `one_day` as much."""
    score_drift: Limit = Limit(watch=0.10, alarm=0.25)
    """The same index of the grades' shares."""
    approval_rate: Limit = Limit(watch=0.03, alarm=0.05)
    """Difference of the share approved from the one the cut was made for."""
    volume: Limit = Limit(watch=2.0, alarm=5.0)
    """How many times as many, or as few, answers as on a median day of the four weeks before."""
    errors: Limit = Limit(watch=0.001, alarm=0.01)
    """Share of an endpoint's requests of the day that failed by its own fault."""
    latency: Limit = Limit(watch=0.5, alarm=2.5)
    """Seconds within which 99 of 100 requests of the day were answered: the next of .1, .25, .5, 1, 2.5, 5 and 10."""
    endpoint_silent: Limit = Limit(watch=5.0, alarm=15.0)
    """Minutes since an endpoint last reported."""
    endpoint_behind: Limit = Limit(watch=5.0, alarm=30.0)
    """Minutes for which an endpoint has not served what was announced."""
    early_delinquency: Limit = Limit(watch=1.25, alarm=1.5)
    """Share gone bad by an age, as a multiple of the training loans' at that age."""
    calibration: Limit = Limit(watch=1.15, alarm=1.3)
    """Observed bad rate as a multiple of the predicted one, or the reverse."""
    least_answers: int = 500
    """Fewer answers say nothing about drift, the approval rate or a change of volume."""
    least_requests: int = 200
    """Fewer requests say nothing about errors and latency."""
    least_bads: int = 20
    """Fewer bad loans say nothing about outcomes."""
    one_day: float = 0.5
    """What breaks today must not wait for the week to notice, and a Sunday is not like the week."""
    chance: float = 0.001
    """A difference that chance would give more often than this is none."""
    days_before: int = 7
    """With fewer days before, no volume is usual yet."""
    gone_minutes: float = 1440.0
    """An endpoint that is silent for longer was taken out of service."""
