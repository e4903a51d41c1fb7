"""What endpoints say about themselves, and how far each is behind what was announced."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from kingmaker.bundle.pointers import report_name
from kingmaker.loop.announce import announced_pointer
from kingmaker.loop.records import EndpointReport
from kingmaker.ports.house import House

UNREADABLE = "unreadable"
SILENT_AFTER_SECONDS = 120.0
"""An endpoint reports twice a minute."""
GONE_AFTER_SECONDS = 86_400.0
"""One that is silent for longer was taken out of service."""
_ROOM = "endpoints/"


class _Told(msgspec.Struct):
    """What an endpoint writes, as far as it is read here; a later release may say more, and an odd one less."""

    version: str = ""
    edition: int | None = None
    since: datetime | None = None
    state: str = ""
    why: str = ""
    at: datetime | None = None


def endpoint_reports(house: House, pipeline: str) -> list[EndpointReport]:
    """Every endpoint that ever reported, by name."""
    pointer = announced_pointer(house, pipeline)
    edition = pointer.edition if pointer else None
    prefix = report_name(pipeline, "").removesuffix(".json")
    names = [name for name in house.vault.names(prefix) if name.endswith(".json")]
    found = [(name.removeprefix(prefix).removesuffix(".json"), house.vault.named(name)) for name in names]
    return [_report(endpoint, data, edition, house.clock()) for endpoint, data in found if data is not None]


def endpoint_places(house: House, pipelines: Collection[str] | None = None) -> list[tuple[str, str]]:
    """Pipeline and name of every endpoint that ever reported, in order, of these pipelines (None: of all)."""
    names = [name.removeprefix(_ROOM) for name in house.vault.names(_ROOM) if name.endswith(".json")]
    places = (name.removesuffix(".json").partition("/")[::2] for name in names)
    return sorted((pipeline, name) for pipeline, name in places if pipelines is None or pipeline in pipelines)


def reports_at(house: House, places: Iterable[tuple[str, str]]) -> Iterator[tuple[str, EndpointReport]]:
    """The reports of these endpoints, each with its pipeline; read one after the other, as far as they are asked for."""
    editions: dict[str, int | None] = {}
    for pipeline, endpoint in places:
        if pipeline not in editions:
            pointer = announced_pointer(house, pipeline)
            editions[pipeline] = pointer.edition if pointer else None
        data = house.vault.named(report_name(pipeline, endpoint))
        if data is not None:
            yield pipeline, _report(endpoint, data, editions[pipeline], house.clock())


def _report(endpoint: str, data: bytes, announced: int | None, now: datetime) -> EndpointReport:
    told = _read(data)
    at, since = _aware(told.at), _aware(told.since)
    age = None if at is None else max(0.0, (now - at).total_seconds())
    behind = announced - told.edition if announced is not None and told.edition is not None else None
    return EndpointReport(
        endpoint=endpoint,
        version=told.version,
        edition=told.edition,
        since=since,
        state=told.state,
        why=told.why,
        at=at,
        behind=None if behind is None else max(0, behind),
        age_seconds=age,
        is_silent=age is not None and age > SILENT_AFTER_SECONDS,
    )


def _read(data: bytes) -> _Told:
    try:
        return msgspec.json.decode(data, type=_Told)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return _Told(state=UNREADABLE, why=str(error))


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
