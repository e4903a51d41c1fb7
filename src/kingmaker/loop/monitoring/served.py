"""How endpoints served: what their reports count since their process began, as requests of each day."""

from collections.abc import Iterable
from datetime import date, datetime
from math import isinf
from typing import Final

import msgspec

from kingmaker.bundle.pointers import report_name
from kingmaker.domain.monitoring import ServiceReading
from kingmaker.loop.monitoring.documents import DayDocument, Served
from kingmaker.ports.vault import Vault
from kingmaker.statistics.counted import bucket_quantile

BEFORE_BUCKETS: Final = 3
"""Requests, refused and errors stand before the buckets."""
_MOST_BUCKETS: Final = 64


class Service(msgspec.Struct):
    """What a report says of service: totals since `began`; `buckets` has one more than `bounds`, which are seconds."""

    began: str
    requests: int
    refused: int
    errors: int
    bounds: list[float]
    buckets: list[int]


class _Report(msgspec.Struct):
    service: Service | None = None
    at: datetime | None = None


def look_at_service(vault: Vault, pipeline: str, today: DayDocument, before: DayDocument) -> bool:
    """Add to today's document what endpoints served since they were last looked at, today or on the day before.

    Whether there was anything new. Reports that tell nothing of service, or cannot be read, change nothing.
    """
    prefix = report_name(pipeline, "").removesuffix(".json")
    changed = False
    for name in vault.names(prefix):
        told = _told(vault.named(name))
        if told is not None:
            changed |= _look(name.removeprefix(prefix).removesuffix(".json"), told, today, before)
    return changed


def service_readings(days: Iterable[tuple[date, DayDocument]]) -> list[ServiceReading]:
    """One a day and endpoint with requests, oldest first."""
    return [
        reading(day, endpoint, served)
        for day, document in days
        for endpoint, served in sorted(document.service.items())
        if served.counts[0]
    ]


def reading(day: date, endpoint: str, served: Served) -> ServiceReading:
    requests, refused, errors, *buckets = served.counts
    half, most = (bucket_quantile(served.bounds, buckets, share) for share in (0.5, 0.99))
    return ServiceReading(
        day=day, endpoint=endpoint, requests=requests, refused=refused, errors=errors, p50=_told_of(half, served),
        p99=_told_of(most, served),
    )  # fmt: skip


def _told_of(quantile: float | None, served: Served) -> float | None:
    """JSON knows no infinity: beyond the last bound twice that bound is told."""
    return 2 * served.bounds[-1] if quantile is not None and isinf(quantile) and served.bounds else quantile


def _look(endpoint: str, told: Service, today: DayDocument, before: DayDocument) -> bool:
    seen = [told.requests, told.refused, told.errors, *told.buckets]
    known, earlier = today.service.get(endpoint), before.service.get(endpoint)
    last = known or earlier
    is_same = last is not None and last.began == told.began and len(last.seen) == len(seen)
    start = last.seen if last is not None and is_same else [0] * len(seen)
    new = [max(0, now - then) for now, then in zip(seen, start, strict=True)]
    counts = known.counts if known is not None and len(known.counts) == len(new) else [0] * len(new)
    added = [one + more for one, more in zip(counts, new, strict=True)]
    today.service[endpoint] = Served(began=told.began, bounds=told.bounds, seen=seen, counts=added)
    return known is None or any(new)


def _told(data: bytes | None) -> Service | None:
    try:
        told = msgspec.json.decode(data, type=_Report).service if data else None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if told is None or len(told.buckets) != len(told.bounds) + 1 or len(told.buckets) > _MOST_BUCKETS:
        return None
    return told
