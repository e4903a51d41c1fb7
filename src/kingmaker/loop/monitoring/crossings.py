"""Which readings are beyond their limits now. Nothing here remembers: an alarm that is not among them is over."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Final

from kingmaker.domain.alarm import AlarmKind, Crossing, Limit, MonitorPolicy
from kingmaker.domain.monitoring import (
    AgeReading,
    BandReading,
    DayReading,
    Drift,
    FeatureReading,
    Monitoring,
    OutcomeReading,
    ServiceReading,
)
from kingmaker.loop.records import EndpointReport
from kingmaker.statistics.counted import chance_of_rate, times_as_many

WEEK: Final = timedelta(days=7)
USUAL_DAYS: Final = 28
LOG_ARRIVES: Final = timedelta(hours=1)
"""Segments of a day may come so long after its end."""
MOST_TIMES: Final = 1000.0
TOLD_OF_MISSING: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the readings are held against: who is in force since when, what endpoints report, and what time it is."""

    champion: str
    announced_at: datetime | None
    reports: Sequence[EndpointReport]
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(UTC).date()


def crossings_of(monitoring: Monitoring, standing: Standing, policy: MonitorPolicy) -> list[Crossing]:
    """Every reading that is beyond a limit, of the version in force and of the endpoints."""
    alarms = _Alarms(monitoring.pipeline, policy)
    days = [one for one in monitoring.days if one.version == standing.champion and not one.is_shadow]
    outcomes = [one for one in monitoring.outcomes if one.version == standing.champion]
    found = (
        *_drift(alarms, [one for one in days if one.day > standing.today - WEEK]),
        *_volume(alarms, monitoring.days, standing),
        *_service(alarms, monitoring.service, standing.today),
        *_endpoints(alarms, standing),
        *(crossing for one in outcomes for crossing in _outcomes(alarms, one)),
    )
    return [one for one in found if one is not None]


@dataclass(frozen=True, slots=True)
class _Alarms:
    pipeline: str
    policy: MonitorPolicy

    def of(self, kind: AlarmKind, value: float, sentence: str, what: str = "") -> Crossing | None:
        """None within the limits of the kind."""
        limit: Limit = getattr(self.policy, kind.value)
        level = limit.level(value)
        if level is None:
            return None
        return Crossing(
            pipeline=self.pipeline, kind=kind, what=what, level=level, value=value, limit=limit.crossed(level),
            sentence=sentence,
        )  # fmt: skip


def _drift(alarms: _Alarms, week: Sequence[DayReading]) -> Iterator[Crossing | None]:
    """Over the seven days that end with the newest day; the share approved over the same days."""
    if not week:
        return
    newest = week[-1]
    if newest.score.week is not None:
        value, span = _farther(newest.score, alarms.policy)
        told = f"The grades are not spread as they were when the model was fitted: index {span}."
        yield alarms.of(AlarmKind.SCORE_DRIFT, value, told)
    for one in newest.features:
        if one.drift.week is not None:
            value, span = _farther(one.drift, alarms.policy)
            yield alarms.of(AlarmKind.FEATURE_DRIFT, value, _moved(one, span), one.name)
    yield _approval(alarms, week, newest.expected_approval)


def _farther(drift: Drift, policy: MonitorPolicy) -> tuple[float, str]:
    """The week's index, or a part of the newest day's where that is more."""
    week, day = drift.week or 0.0, drift.day or 0.0
    if policy.one_day * day > week:
        return round(policy.one_day * day, 4), f"{day:.2f} on the newest day and {week:.2f} over 7 days"
    return week, f"{week:.2f} over 7 days"


def _moved(one: FeatureReading, span: str) -> str:
    told = f"{one.name} is not spread as it was when the model was fitted: index {span}."
    if abs(one.missing - one.reference_missing) < TOLD_OF_MISSING:
        return told
    return f"{told} It is missing in {one.missing:.0%} of the newest day's answers, and was in {one.reference_missing:.0%}."


def _approval(alarms: _Alarms, week: Sequence[DayReading], expected: float | None) -> Crossing | None:
    answers, approved = sum(one.answers for one in week), sum(one.approved for one in week)
    if expected is None or answers < alarms.policy.least_answers:
        return None
    if chance_of_rate(approved, answers, expected) >= alarms.policy.chance:
        return None
    told = f"{approved / answers:.1%} of the newest 7 days' applicants were approved, and the cut was made for {expected:.1%}."
    return alarms.of(AlarmKind.APPROVAL_RATE, abs(approved / answers - expected), told)


def _volume(alarms: _Alarms, days: Iterable[DayReading], standing: Standing) -> Iterator[Crossing | None]:
    """The newest day whose log has arrived, against the same weekdays of the four weeks before, or against every day."""
    answers: dict[date, int] = {}
    for one in days:
        if not one.is_shadow:
            answers[one.day] = answers.get(one.day, 0) + one.answers
    day = (standing.now.astimezone(UTC) - LOG_ARRIVES).date() - timedelta(days=1)
    before = {one: rows for one, rows in answers.items() if day - timedelta(days=USUAL_DAYS) <= one < day}
    if len(before) < alarms.policy.days_before:
        return
    same = [rows for one, rows in before.items() if one.weekday() == day.weekday()]
    usual = median(same if len(same) > 1 else before.values())
    if usual < alarms.policy.least_answers:
        return
    found = answers.get(day, 0)
    told = f"{found:,} applicants were answered on {day}, where {usual:,.0f} are usual."
    yield alarms.of(AlarmKind.VOLUME, min(MOST_TIMES, times_as_many(found, usual)), told)


def _service(alarms: _Alarms, service: Iterable[ServiceReading], today: date) -> Iterator[Crossing | None]:
    """Of each endpoint's newest day, today or yesterday, with enough requests."""
    newest = {
        one.endpoint: one
        for one in sorted(service, key=lambda one: one.day)
        if one.day >= today - timedelta(days=1) and one.requests >= alarms.policy.least_requests
    }
    for endpoint, one in newest.items():
        told = f"Endpoint {endpoint} failed to answer {one.errors:,} of {one.requests:,} requests on {one.day}."
        yield alarms.of(AlarmKind.ERRORS, one.errors / one.requests, told, endpoint)
        if one.p99 is not None:
            told = f"Endpoint {endpoint} needed up to {one.p99:g} s for 99 of 100 requests on {one.day}."
            yield alarms.of(AlarmKind.LATENCY, one.p99, told, endpoint)


def _endpoints(alarms: _Alarms, standing: Standing) -> Iterator[Crossing | None]:
    for one in standing.reports:
        minutes = (one.age_seconds or 0.0) / 60
        if one.age_seconds is None or minutes >= alarms.policy.gone_minutes:
            continue
        serves = one.version[:12] or "nothing"
        told = f"Endpoint {one.endpoint} last reported {minutes:.0f} minutes ago; it served {serves}."
        yield alarms.of(AlarmKind.ENDPOINT_SILENT, minutes, told, one.endpoint)
        if one.behind and standing.announced_at is not None:
            late = (standing.now - standing.announced_at).total_seconds() / 60
            told = f"Endpoint {one.endpoint} still serves {serves}, {late:.0f} minutes after another was announced. {one.why}"
            yield alarms.of(AlarmKind.ENDPOINT_BEHIND, late, told.strip(), one.endpoint)


def _outcomes(alarms: _Alarms, read: OutcomeReading) -> Iterator[Crossing | None]:
    early = [found for age in read.ages if (found := _early(alarms, age)) is not None]
    yield max(early, key=lambda one: one.value, default=None)
    for band in read.bands:
        yield _calibration(alarms, band)


def _early(alarms: _Alarms, age: AgeReading) -> Crossing | None:
    share, expected = age.share, age.expected
    if share is None or not expected or share <= expected or age.bads < alarms.policy.least_bads:
        return None
    if chance_of_rate(age.bads, age.loans, expected) >= alarms.policy.chance:
        return None
    told = f"{share:.2%} of {age.loans:,} loans were bad after {age.months} months; of the training loans {expected:.2%} were."
    return alarms.of(AlarmKind.EARLY_DELINQUENCY, share / expected, told)


def _calibration(alarms: _Alarms, band: BandReading) -> Crossing | None:
    """Of the matured loans; or of all so far, where more of them are bad already than were to be at the horizon."""
    policy = alarms.policy
    bads, loans, expected = band.matured_bads, band.matured, band.matured_expected
    if band.bads > band.expected * band.loans and band.bads > bads:
        bads, loans, expected = band.bads, band.loans, band.expected
    if not expected or max(bads, expected * loans) < policy.least_bads:
        return None
    if chance_of_rate(bads, loans, expected) >= policy.chance:
        return None
    told = f"Grade {band.grade}: {bads / loans:.2%} of {loans:,} loans went bad, where {expected:.2%} were predicted."
    value = min(MOST_TIMES, times_as_many(bads / loans, expected))
    return alarms.of(AlarmKind.CALIBRATION, value, told, band.grade)
