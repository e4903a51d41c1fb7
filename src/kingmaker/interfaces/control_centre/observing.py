"""Health and metrics of the control centre, for whoever watches it; they tell nothing about any pipeline's loans."""

from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from kingmaker.control.duties import DutyReading
from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.queue import QueueState
from kingmaker.interfaces.control_centre.telling import told
from kingmaker.interfaces.endpoint.metrics import answers_of, families_of
from kingmaker.interfaces.endpoint.tally import Tally
from kingmaker.ports.house import House
from kingmaker.serving.readings import Reading

PREFIX = "kingmaker_control_"
MOST_WAITING = 1000

ReadDuties = Callable[[], Sequence[DutyReading]]


class Observing(Collector):
    """`duties` is asked when somebody looks. Readings of the ledger that cannot be had are left out, and `ledger_up` is 0."""

    def __init__(self, house: House, tallies: dict[str, Tally], duties: ReadDuties) -> None:
        self._house = house
        self._tallies = tallies
        self._duties = duties
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def router(self) -> APIRouter:
        router = APIRouter(tags=["observing"])
        router.add_api_route("/health/live", self.live, methods=["GET"], response_model=None)
        router.add_api_route("/health/ready", self.ready, methods=["GET"], response_model=None)
        router.add_api_route("/metrics", self.metrics, response_class=PlainTextResponse, response_model=None)
        return router

    async def live(self) -> Response:
        """Whether the process answers at all."""
        return told({"live": True})

    def ready(self) -> Response:
        """Whether requests can be served: the ledger answers. Duties that fail are told, and make nothing unready."""
        why = self._why_not()
        failing = {one.name: one.why for one in self._duties() if one.failing_since}
        status = HTTPStatus.SERVICE_UNAVAILABLE if why else HTTPStatus.OK
        return told({"ready": not why, "why": why, "failing_duties": failing}, status=status)

    def metrics(self) -> Response:
        """Every reading, in the format of Prometheus."""
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    def collect(self) -> Iterable[Metric]:
        yield from families_of(PREFIX, self._readings())
        yield from answers_of(tuple(self._tallies.values()))

    def _why_not(self) -> str:
        try:
            self._house.ledger.under_way()
        except KingmakerError as error:
            return error.sentence()
        return ""

    def _readings(self) -> Iterable[Reading]:
        yield from self._of_ledger()
        for one in self._duties():
            labels = (("duty", one.name),)
            yield Reading(
                name="duty_ticks", told="Times a duty was done.", value=one.ticks, kind="counter", labels=labels
            )
            yield Reading(
                name="duty_failures", told="Times a duty failed.", value=one.failures, kind="counter", labels=labels
            )
            yield Reading(
                name="duty_failing",
                told="1 while a duty's newest try failed.",
                value=float(one.failing_since is not None),
                labels=labels,
            )

    def _of_ledger(self) -> Iterable[Reading]:
        ledger = self._house.ledger
        try:
            waiting = len(ledger.queue(state=QueueState.WAITING, limit=MOST_WAITING))
            under_way = len(ledger.under_way())
        except KingmakerError:
            yield Reading(name="ledger_up", told="1 while the ledger answers.", value=0.0)
            return
        yield Reading(name="ledger_up", told="1 while the ledger answers.", value=1.0)
        yield Reading(name="requests_waiting", told="Requests in the queue, at most 1,000.", value=waiting)
        yield Reading(name="runs_under_way", told="Runs that a live process works on.", value=under_way)
