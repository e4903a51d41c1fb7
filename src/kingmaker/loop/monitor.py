"""Monitor: read what endpoints logged and reported since, and say how it compares with what the model was fitted on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Final

import msgspec

from kingmaker.domain.alarm import Crossing, MonitorPolicy
from kingmaker.domain.monitoring import Monitoring, OutcomeReading
from kingmaker.loop.announce import announced_pointer
from kingmaker.loop.endpoints import endpoint_reports
from kingmaker.loop.monitoring.crossings import Standing, crossings_of
from kingmaker.loop.monitoring.documents import ROOM, DayDocument, day_document, days_of, keep_day
from kingmaker.loop.monitoring.intake import Layouts, read_inbox
from kingmaker.loop.monitoring.layout import LayoutOf
from kingmaker.loop.monitoring.outcomes import HandedIn, outcome_readings
from kingmaker.loop.monitoring.readings import MONTH, by_version, day_readings, endpoint_readings
from kingmaker.loop.monitoring.served import look_at_service, service_readings
from kingmaker.ports.house import House

KEPT_DAYS: Final = 92
"""Days that are told; what was counted of older ones stays in the vault."""


class Monitor:
    """Monitors one pipeline of a house, time and again. Several at once, in any number of processes, do no harm."""

    def __init__(self, house: House, pipeline: str, policy: MonitorPolicy | None = None) -> None:
        self._house = house
        self._pipeline = pipeline
        self._policy = policy or MonitorPolicy()
        self._layouts = Layouts(house, pipeline)

    def read(self, files: int = 0, handed_in: Callable[[], HandedIn] | None = None) -> Monitoring:
        """Read what is new, and tell everything that is known. `files` of outcomes were handed in so far.

        `handed_in` reads them; it is asked when there are more than were read before.
        """
        house, today = self._house, self._today()
        listed = read_inbox(house, self._pipeline, self._layouts.get)
        served = self._look_at_service(today)
        before = monitoring_of(house, self._pipeline)
        outcomes = self._outcomes(before, files, handed_in)
        if (
            before.read_at is not None
            and before.listed == listed
            and not served
            and outcomes is before.outcomes
            and before.until == today
        ):
            return before
        told = replace(
            told_of(house, self._pipeline, self._layouts.get, self._policy, today),
            read_at=house.clock(),
            listed=listed,
            outcomes=outcomes,
            outcome_files=before.outcome_files if handed_in is None else files,
        )
        house.vault.name(_name(self._pipeline), msgspec.json.encode(told))
        return told

    def crossings(self, monitoring: Monitoring) -> list[Crossing]:
        """What of it is beyond a limit now. Nothing while there is no champion."""
        house = self._house
        turn = house.ledger.champion(self._pipeline)
        if turn is None:
            return []
        pointer = announced_pointer(house, self._pipeline)
        changes = [change.since for change in [house.ledger.companions(self._pipeline)] if change is not None]
        standing = Standing(
            champion=turn.version,
            announced_at=max([pointer.since, *changes]) if pointer else None,
            reports=endpoint_reports(house, self._pipeline),
            now=house.clock(),
        )
        return crossings_of(monitoring, standing, self._policy)

    def _outcomes(
        self, before: Monitoring, files: int, handed_in: Callable[[], HandedIn] | None
    ) -> tuple[OutcomeReading, ...]:
        if handed_in is None or files == before.outcome_files:
            return before.outcomes
        return outcome_readings(self._house, self._pipeline, handed_in())

    def _look_at_service(self, today: date) -> bool:
        vault, yesterday = self._house.vault, today - timedelta(days=1)
        document = day_document(vault, self._pipeline, today)
        before = day_document(vault, self._pipeline, yesterday)
        changed = look_at_service(vault, self._pipeline, document, before)
        if changed:
            keep_day(vault, self._pipeline, today, document)
        return changed

    def _today(self) -> date:
        return self._house.clock().astimezone(UTC).date()


def monitoring_of(house: House, pipeline: str, *, since: date | None = None, until: date | None = None) -> Monitoring:
    """What was told last, of these days; nothing was read yet where `read_at` is None."""
    data = house.vault.named(_name(pipeline))
    today = house.clock().astimezone(UTC).date()
    last = until or today
    first = since or last - timedelta(days=KEPT_DAYS - 1)
    nothing = Monitoring(pipeline=pipeline, since=first, until=last)
    try:
        told = msgspec.json.decode(data, type=Monitoring) if data else nothing
    except msgspec.MsgspecError:
        return nothing
    if since is None and until is None:
        return told
    return replace(
        told,
        since=first,
        until=last,
        days=tuple(one for one in told.days if first <= one.day <= last),
        service=tuple(one for one in told.service if first <= one.day <= last),
    )


def told_of(house: House, pipeline: str, layout_of: LayoutOf, policy: MonitorPolicy, today: date) -> Monitoring:
    """Everything that the days' documents say, without outcomes. Windows reach a month further back than what is told."""
    since = today - timedelta(days=KEPT_DAYS - 1)
    documents = dict(days_of(house.vault, pipeline, since - timedelta(days=MONTH), today + timedelta(days=1)))
    counts = [one for document in documents.values() for one in document.counts]
    days = [one for version in by_version(counts, layout_of) for one in day_readings(version, policy, since=since)]
    newest = {today - timedelta(days=back) for back in range(MONTH)}
    recent = [one for one in counts if one.day in newest]
    kept: list[DayDocument] = [document for day, document in documents.items() if day >= since]
    return Monitoring(
        pipeline=pipeline,
        since=since,
        until=today,
        segments=sum(document.segments for document in kept),
        unreadable=sum(len(document.unreadable) for document in kept),
        unknown=sum(document.unknown for document in kept),
        days=tuple(sorted(days, key=lambda one: (one.day, one.is_shadow, one.version))),
        service=tuple(service_readings((day, document) for day, document in documents.items() if day in newest)),
        endpoints=tuple(endpoint_readings(recent)),
    )


def _name(pipeline: str) -> str:
    return f"{ROOM}/{pipeline}/readings.json"
