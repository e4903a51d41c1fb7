"""Glances: figures of every pipeline, endpoints of all of them, times to come, room on the disk."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from kingmaker.control.office.glance import MOST_POINTS, MOST_TIMES
from kingmaker.control.records import EndpointLine, PipelineGlance, RoomTold
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.parameters import Limit, OfPipeline
from kingmaker.interfaces.control_centre.telling import answers, told

router = APIRouter(tags=["glances"])

Part = Annotated[str, Query(max_length=200)]


@router.get("/glance", **answers(list[PipelineGlance]))
def glance(office: Asking, each: Annotated[int, Query(ge=1, le=MOST_POINTS)] = 12) -> Response:
    """Every pipeline in figures, over its `each` newest verdicts; what is not read in half a second comes the next time."""
    return told(office.glance(each=each))


@router.get("/endpoints", **answers(list[EndpointLine]))
def endpoint_lines(
    office: Asking,
    pipeline: OfPipeline = None,
    named: Part = "",
    troubled: bool = False,
    limit: Limit = 100,
    after: Part = "",
) -> Response:
    """Endpoints of every pipeline, by pipeline and name; `after` is `pipeline/endpoint`, to page."""
    return told(office.endpoint_lines(pipeline=pipeline, named=named, troubled=troubled, limit=limit, after=after))


@router.get("/times", **answers(list[datetime]))
def times(
    office: Asking,
    cron: Annotated[str, Query(max_length=200)],
    zone: Annotated[str, Query(max_length=100)] = "UTC",
    count: Annotated[int, Query(ge=1, le=MOST_TIMES)] = 5,
) -> Response:
    """When a schedule of these five fields would be due next, in its zone."""
    return told(office.times(cron, zone=zone, count=count))


@router.get("/room", **answers(RoomTold))
def room(office: Asking) -> Response:
    """Bytes free where the home lies, and the least that a new run needs."""
    return told(office.room())
