"""Monitoring: how endpoints fare, and the alarms."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from kingmaker.domain.alarm import Alarm
from kingmaker.domain.monitoring import Monitoring
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.parameters import LARGEST, Limit, PipelineName
from kingmaker.interfaces.control_centre.telling import answers, told

router = APIRouter(tags=["monitoring"])


@router.get("/pipelines/{pipeline}/monitoring", **answers(Monitoring))
def monitoring(
    pipeline: PipelineName,
    office: Asking,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
) -> Response:
    """Volumes, approval rate, drift, latency, errors and outcomes by day, as they were read last."""
    return told(office.monitoring(pipeline, since=since, until=until))


@router.post("/pipelines/{pipeline}/monitoring", **answers(Monitoring))
def monitor(pipeline: PipelineName, office: Asking) -> Response:
    """Read now what endpoints left since, instead of within five minutes."""
    return told(office.monitor(pipeline))


@router.get("/pipelines/{pipeline}/alarms", **answers(list[Alarm]))
def alarms(
    pipeline: PipelineName,
    office: Asking,
    only_open: bool = False,
    limit: Limit = 100,
    before: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
) -> Response:
    """Readings that crossed their limit, newest first."""
    return told(office.alarms(pipeline, only_open=only_open, limit=limit, before=before))
