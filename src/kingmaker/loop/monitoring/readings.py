"""From counts to readings: each day of each version, and how far it and the days before it are from the reference."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kingmaker.domain.alarm import MonitorPolicy
from kingmaker.domain.monitoring import DayReading, Drift, EndpointReading, FeatureReading
from kingmaker.loop.monitoring.documents import Counts
from kingmaker.loop.monitoring.layout import Layout, LayoutOf
from kingmaker.statistics.counted import stability_of_shares
from kingmaker.statistics.stability import Stability

WEEK: Final = 7
MONTH: Final = 28
SCORE: Final = ""
"""The grades' place among the columns."""

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(slots=True)
class VersionDays:
    """What was counted of one version, by day. `answers` of one day may come from several documents."""

    layout: Layout
    is_shadow: bool
    days: dict[date, list[Counts]] = field(default_factory=lambda: defaultdict(list))

    def answers(self, first: date, last: date) -> int:
        return sum(one.answers for one in self.between(first, last))

    def approved(self, first: date, last: date) -> int:
        return sum(one.approved for one in self.between(first, last))

    def between(self, first: date, last: date) -> Iterable[Counts]:
        for offset in range((last - first).days + 1):
            yield from self.days.get(first + timedelta(days=offset), ())

    def counted(self, first: date, last: date) -> dict[str, Integers]:
        """Rows in each bin of each column, and of the grades under SCORE."""
        found = {column.name: np.zeros(column.size, dtype=np.int64) for column in self.layout.columns}
        grades = np.zeros(len(self.layout.grades), dtype=np.int64)
        for one in self.between(first, last):
            for name, counts in one.features.items():
                if name in found and len(counts) == found[name].size:
                    found[name] += np.asarray(counts, dtype=np.int64)
            grades += np.array([one.grades.get(grade.name, 0) for grade in self.layout.grades], dtype=np.int64)
        return found | {SCORE: grades}


def by_version(counts: Iterable[Counts], layout_of: LayoutOf) -> list[VersionDays]:
    """Shadows apart from those that answered. Counts of versions without a layout are left out."""
    found: dict[tuple[str, bool], VersionDays] = {}
    for one in counts:
        layout = layout_of(one.version)
        if layout is not None:
            key = (one.version, one.is_shadow)
            found.setdefault(key, VersionDays(layout, one.is_shadow)).days[one.day].append(one)
    return list(found.values())


def stabilities(version: VersionDays, last: date, days: int, policy: MonitorPolicy) -> dict[str, Stability]:
    """Of every column, and of the grades under SCORE, over so many days; empty with too few answers."""
    first = last - timedelta(days=days - 1)
    if version.answers(first, last) < policy.least_answers:
        return {}
    counted = version.counted(first, last)
    references = {column.name: column.shares for column in version.layout.columns}
    references[SCORE] = np.array([grade.share for grade in version.layout.grades])
    return {
        name: stability_of_shares(shares, version.layout.rows, counted[name])
        for name, shares in references.items()
        if shares.sum() > 0 and counted[name].sum() > 0
    }


def day_readings(version: VersionDays, policy: MonitorPolicy, *, since: date) -> list[DayReading]:
    """Oldest first."""
    return [_reading(version, day, policy) for day in sorted(version.days) if day >= since]


def endpoint_readings(counts: Iterable[Counts]) -> list[EndpointReading]:
    """By name; shadows do not count."""
    found: dict[str, EndpointReading] = {}
    for one in counts:
        for name, (answers, approved) in () if one.is_shadow else one.endpoints.items():
            known = found.get(name)
            found[name] = EndpointReading(
                endpoint=name,
                answers=answers + (known.answers if known else 0),
                approved=approved + (known.approved if known else 0),
                first=min(one.day, known.first) if known else one.day,
                last=max(one.day, known.last) if known else one.day,
            )
    return [found[name] for name in sorted(found)]


def _reading(version: VersionDays, day: date, policy: MonitorPolicy) -> DayReading:
    counts, layout = version.days[day], version.layout
    spans = [stabilities(version, day, days, policy) for days in (1, WEEK, MONTH)]
    answers = sum(one.answers for one in counts)
    return DayReading(
        day=day,
        version=layout.version,
        is_shadow=version.is_shadow,
        answers=answers,
        approved=sum(one.approved for one in counts),
        expected_approval=layout.approval_rate,
        mean_pd=round(sum(one.pd for one in counts) / answers, 6) if answers else None,
        grades={grade.name: sum(one.grades.get(grade.name, 0) for one in counts) for grade in layout.grades},
        scores=_summed([one.scores for one in counts]),
        score=_drift(spans, SCORE),
        features=tuple(_features(version, day, spans)),
    )


def _features(version: VersionDays, day: date, spans: Sequence[Mapping[str, Stability]]) -> Iterable[FeatureReading]:
    counted = version.counted(day, day)
    for column in version.layout.columns:
        rows = counted[column.name]
        total = int(rows.sum())
        yield FeatureReading(
            name=column.name,
            drift=_drift(spans, column.name),
            missing=round(int(rows[-1]) / total, 4) if total else 0.0,
            reference_missing=round(column.field.missing, 4),
        )


def _drift(spans: Sequence[Mapping[str, Stability]], name: str) -> Drift:
    day, week, month = (round(max(0.0, found[name].corrected), 4) if name in found else None for found in spans)
    return Drift(day=day, week=week, month=month)


def _summed(histograms: Sequence[Mapping[int, int]]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for histogram in histograms:
        for low, rows in histogram.items():
            found[low] += rows
    return dict(sorted(found.items()))
