"""Reading what is new in the inbox: each segment once, whoever reads and however often it starts again."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from kingmaker.domain.errors import BundleRefused, NotFound, TamperFound
from kingmaker.loop.bundles import published_bundle
from kingmaker.loop.monitoring.counting import count
from kingmaker.loop.monitoring.documents import DayDocument, day_document, keep_day
from kingmaker.loop.monitoring.layout import Layout, LayoutOf
from kingmaker.loop.monitoring.segments import INBOX, Answer, Segment, SegmentDamaged, answers_in, segment_of
from kingmaker.ports.house import House

_DIGEST: Final = re.compile("[0-9a-f]{64}")
AT_ONCE: Final = 200
"""Segments that are read before what was counted is kept."""


class Layouts:
    """The layouts of a pipeline's published versions, each bundle opened once, when the first answer of it is met."""

    def __init__(self, house: House, pipeline: str) -> None:
        self._house = house
        self._pipeline = pipeline
        self._found: dict[str, Layout | None] = {}

    def get(self, version: str) -> Layout | None:
        """None for one that was not published here, or whose bundle is lost."""
        if version not in self._found:
            self._found[version] = self._opened(version)
        return self._found[version]

    def _opened(self, version: str) -> Layout | None:
        if not _DIGEST.fullmatch(version):
            return None
        try:
            return Layout.of(published_bundle(self._house, self._pipeline, version))
        except (NotFound, BundleRefused):
            return None


def read_inbox(house: House, pipeline: str, layout_of: LayoutOf) -> int:
    """Count what was not counted yet; how many segments lie in the inbox in all."""
    listed = 0
    for day, segments in sorted(_by_day(house, pipeline).items()):
        document = day_document(house.vault, pipeline, day)
        waiting = [one for one in segments if not document.has_read(one)]
        for start in range(0, len(waiting), AT_ONCE):
            _read(house, document, waiting[start : start + AT_ONCE], layout_of)
            keep_day(house.vault, pipeline, day, document)
        listed += len(segments)
    return listed


def segments_in(house: House, pipeline: str) -> Iterator[Segment]:
    """Every segment in the inbox; one that lies there packed and unpacked comes once."""
    last: Segment | None = None
    for one in sorted(filter(None, map(segment_of, house.vault.names(f"{INBOX}/{pipeline}/")))):
        if last is None or (one.endpoint, one.token, one.number) != (last.endpoint, last.token, last.number):
            yield one
        last = one


def answers_of(house: House, segment: Segment) -> list[Answer]:
    """All of them, or none: raises SegmentDamaged."""
    try:
        data = house.vault.named(segment.name) or b""
    except TamperFound as error:  # a sealed one that was changed or cut off
        raise SegmentDamaged(error.what, where=segment.name) from None
    return list(answers_in(data, segment.name))


def _by_day(house: House, pipeline: str) -> dict[date, list[Segment]]:
    days: dict[date, list[Segment]] = defaultdict(list)
    for segment in segments_in(house, pipeline):
        days[segment.day].append(segment)
    return days


def _read(house: House, document: DayDocument, segments: Sequence[Segment], layout_of: LayoutOf) -> None:
    for segment in segments:
        try:
            answers = answers_of(house, segment)
        except SegmentDamaged:
            document.unreadable.append(segment.name)
        else:
            count(document, segment, answers, layout_of)
        document.note(segment)
