"""Answers into counts: by day, version and endpoint, column by column."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, timedelta
from math import isfinite
from typing import Final

import numpy as np

from kingmaker.loop.monitoring.documents import Counts, DayDocument
from kingmaker.loop.monitoring.layout import Layout, LayoutOf
from kingmaker.loop.monitoring.segments import Answer, Segment

SHADOW: Final = "shadow"
APPROVED: Final = "approve"
POINTS: Final = 10
"""Width of a bin of scores."""
LARGEST_SCORE: Final = 10_000
_BESIDE: Final = timedelta(days=1)
"""An answer of another day than its segment's neighbours is told by a clock that is wrong: the segment's own day counts."""


def count(document: DayDocument, segment: Segment, answers: Iterable[Answer], layout_of: LayoutOf) -> None:
    """Add a segment's answers to the document. Of versions without a layout it is only known how many there were."""
    groups: dict[tuple[date, str, bool], list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[_day_of(answer, segment), answer.version, answer.role == SHADOW].append(answer)
    for (day, version, is_shadow), found in groups.items():
        layout = layout_of(version)
        if layout is None:
            document.unknown += len(found)
        else:
            _add(document.of(day, version, is_shadow=is_shadow), found, segment.endpoint, layout)


def _day_of(answer: Answer, segment: Segment) -> date:
    at = answer.answered_at
    day = (at if at.tzinfo is None else at.astimezone(UTC)).date()
    return day if abs(day - segment.day) <= _BESIDE else segment.day


def _add(counts: Counts, answers: Sequence[Answer], endpoint: str, layout: Layout) -> None:
    approved = sum(answer.decision == APPROVED for answer in answers)
    counts.answers += len(answers)
    counts.approved += approved
    counts.pd += sum(answer.pd for answer in answers if isfinite(answer.pd))
    before = counts.endpoints.get(endpoint, (0, 0))
    counts.endpoints[endpoint] = (before[0] + len(answers), before[1] + approved)
    known = {grade.name for grade in layout.grades}
    for grade, rows in Counter(answer.grade for answer in answers if answer.grade in known).items():
        counts.grades[grade] = counts.grades.get(grade, 0) + rows
    for score, rows in Counter(_bin_of(answer.score) for answer in answers).items():
        counts.scores[score] = counts.scores.get(score, 0) + rows
    features = [answer.features for answer in answers]
    for column in layout.columns:
        name = column.name
        found = column.counted([row.get(name) for row in features])
        so_far = np.asarray(counts.features.get(name, [0] * column.size), dtype=np.int64)
        if so_far.size == found.size:
            counts.features[name] = (so_far + found).tolist()


def _bin_of(score: int) -> int:
    return max(-LARGEST_SCORE, min(LARGEST_SCORE, score)) // POINTS * POINTS
