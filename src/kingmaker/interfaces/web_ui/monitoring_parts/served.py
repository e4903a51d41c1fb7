"""How endpoints served: latency and errors, as they reported them."""

from collections.abc import Sequence

from kingmaker.domain.monitoring import ServiceReading
from kingmaker.interfaces.report.wording import ABSENT, count, rate
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import empty, heading
from kingmaker.interfaces.web_ui.parts.tables import Column, table

ROWS = 30


def show_service(here: Here, service: Sequence[ServiceReading]) -> None:
    """The newest days first; the slowest endpoint of a day first."""
    t = here.t
    heading(t("monitoring.service.title"))
    if not service:
        empty(t("monitoring.service.none"))
        return
    newest = sorted(service, key=lambda one: (-one.day.toordinal(), -(one.p99 or 0.0), one.endpoint))[:ROWS]
    titles = ("endpoint", "requests", "refused", "errors", "p50", "p99")
    columns = [
        Column(t("monitoring.volume.day")),
        *(Column(t(f"monitoring.service.{name}"), name != "endpoint") for name in titles),
    ]
    table(t("monitoring.service.title"), columns, [_row(one) for one in newest]).classes("km-monitoring-rows")


def _row(one: ServiceReading) -> list[str]:
    errors = f"{count(one.errors)} ({rate(one.errors / one.requests)})" if one.errors else "0"
    times = [milliseconds(value) for value in (one.p50, one.p99)]
    return [str(one.day), one.endpoint, count(one.requests), count(one.refused), errors, *times]


def milliseconds(seconds: float | None) -> str:
    return ABSENT if seconds is None else f"{seconds * 1000:g} ms"
