"""/metrics: what every part reads, and what every route answered, in the format of Prometheus."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from kingmaker.interfaces.endpoint.exchange import Exchange
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.interfaces.endpoint.tally import BOUNDS, Tally
from kingmaker.serving.readings import Readable, Reading

PREFIX = "kingmaker_"
_ENDS = (*(f"{bound:g}" for bound in BOUNDS), "+Inf")


class Metrics(Collector):
    """Reads the parts when it is scraped, and costs nothing in between."""

    def __init__(self, router: Router, parts: Mapping[str, Sequence[Readable]]) -> None:
        """`parts` are by what their readings' names begin with, behind `kingmaker_`."""
        self._router = router
        self._parts = parts
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)
        router.add("GET", "/metrics", self.scrape)

    def scrape(self, exchange: Exchange) -> None:
        exchange.answer(200, generate_latest(self._registry), CONTENT_TYPE_PLAIN_0_0_4.encode())

    def collect(self) -> Iterable[Metric]:
        for beginning, parts in self._parts.items():
            yield from families_of(PREFIX + beginning, (reading for part in parts for reading in part.readings()))
        yield from answers_of(self._router.tallies)


def families_of(beginning: str, readings: Iterable[Reading]) -> Iterable[Metric]:
    """One family a name, in the order in which the names are first read."""
    families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
    for reading in readings:
        family = families.get(reading.name)
        if family is None:
            kind = CounterMetricFamily if reading.kind == "counter" else GaugeMetricFamily
            labels = [name for name, _ in reading.labels]
            family = families[reading.name] = kind(beginning + reading.name, reading.told, labels=labels)
        family.add_metric([value for _, value in reading.labels], reading.value)
    return families.values()


def answers_of(tallies: Sequence[Tally]) -> Iterator[Metric]:
    """Requests by route and status, and how long they took by route."""
    requests = CounterMetricFamily(
        f"{PREFIX}requests", "Requests that were answered, by route and status.", labels=["route", "status"]
    )
    seconds = HistogramMetricFamily(
        f"{PREFIX}request_seconds", "From a request's last byte to its answer, by route.", labels=["route"]
    )
    for tally in tallies:
        for status, count in tuple(tally.statuses.items()):
            requests.add_metric([tally.label, str(status)], count)
        if tally.statuses:
            upto = [(end, float(count)) for end, count in zip(_ENDS, accumulate(tally.buckets), strict=True)]
            seconds.add_metric([tally.label], upto, tally.seconds)
    yield requests
    yield seconds
