"""Schedules: when pipelines run by themselves."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from kingmaker.control.office.pipelines import HIGHEST_PRIORITY, LONGEST_GRACE, MOST_TIMES
from kingmaker.domain.schedule import Schedule
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.parameters import PipelineName
from kingmaker.interfaces.control_centre.telling import answers, told

router = APIRouter(tags=["pipelines"])

Count = Annotated[int, Query(ge=1, le=MOST_TIMES)]
SIX_HOURS: Final = timedelta(hours=6)


class ScheduleWanted(BaseModel):
    """`cron` has five fields, read in the time zone `zone`; `grace` is an ISO 8601 duration (`PT6H`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cron: str = Field(min_length=9, max_length=200)
    zone: str = Field(default="UTC", min_length=1, max_length=100)
    grace: timedelta = Field(default=SIX_HOURS, ge=timedelta(0), le=LONGEST_GRACE)
    priority: int = Field(default=0, ge=-HIGHEST_PRIORITY, le=HIGHEST_PRIORITY)


@router.get("/schedules", **answers(list[Schedule]))
def schedules(office: Asking) -> Response:
    """By pipeline."""
    return told(office.schedules())


@router.get("/pipelines/{pipeline}/schedule", **answers(Schedule))
def schedule(office: Asking, pipeline: PipelineName) -> Response:
    """`next_at` is null while it is paused."""
    return told(office.schedule(pipeline))


@router.put("/pipelines/{pipeline}/schedule", **answers(Schedule))
def set_schedule(office: Asking, pipeline: PipelineName, wanted: ScheduleWanted) -> Response:
    """Set it, or put another in its place. The pipeline must be declared here."""
    put = office.set_schedule(pipeline, wanted.cron, zone=wanted.zone, grace=wanted.grace, priority=wanted.priority)
    return told(put)


@router.post("/pipelines/{pipeline}/schedule/pause", **answers(Schedule))
def pause_schedule(office: Asking, pipeline: PipelineName) -> Response:
    """Pausing again is harmless."""
    return told(office.pause_schedule(pipeline))


@router.post("/pipelines/{pipeline}/schedule/resume", **answers(Schedule))
def resume_schedule(office: Asking, pipeline: PipelineName) -> Response:
    """It goes on with its first time from now."""
    return told(office.resume_schedule(pipeline))


@router.delete("/pipelines/{pipeline}/schedule", **answers(None, status=HTTPStatus.NO_CONTENT))
def drop_schedule(office: Asking, pipeline: PipelineName) -> Response:
    """The pipeline runs no more by itself."""
    office.drop_schedule(pipeline)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/pipelines/{pipeline}/schedule/next", **answers(list[datetime]))
def next_times(office: Asking, pipeline: PipelineName, count: Count = 5) -> Response:
    """In the schedule's time zone; none while it is paused."""
    return told(office.next_times(pipeline, count=count))
