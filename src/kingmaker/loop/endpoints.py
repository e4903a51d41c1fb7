"""What endpoints say about themselves, and how far each is behind what was announced."""

from collections.abc import Collection, Iterator
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
    return [report for _, report in reports_of(house, [pipeline])]


def reports_of(
    house: House, pipelines: Collection[str] | None = None, *, after: tuple[str, str] = ("", ""), named: str = ""
) -> Iterator[tuple[str, EndpointReport]]:
    """What every endpoint of these pipelines (None: of all) told last, with its pipeline; by pipeline and name, behind `after`.

    `named`: whose name has this in it. However many there are, the vault is asked once.
    """
    one = next(iter(pipelines), "") if pipelines is not None and len(pipelines) == 1 else ""
    found = house.vault.documents(report_name(one, "").removesuffix(".json") if one else _ROOM)
    told = [(_place(name), data) for name, data in found.items() if name.endswith(".json")]
    editions: dict[str, int | None] = {}
    for (pipeline, endpoint), data in sorted(told):
        is_wanted = pipelines is None or pipeline in pipelines
        if not is_wanted or (pipeline, endpoint) <= after or named.casefold() not in endpoint.casefold():
            continue
        if pipeline not in editions:
            pointer = announced_pointer(house, pipeline)
            editions[pipeline] = pointer.edition if pointer else None
        yield pipeline, _report(endpoint, data, editions[pipeline], house.clock())


def _place(name: str) -> tuple[str, str]:
    """Pipeline and endpoint of a report's name."""
    pipeline, _, endpoint = name.removeprefix(_ROOM).removesuffix(".json").partition("/")
    return pipeline, endpoint


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
