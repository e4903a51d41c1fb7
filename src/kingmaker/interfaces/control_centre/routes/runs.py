"""Runs: asked for, followed, cancelled."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, cast

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from kingmaker.control.records import RunLine
from kingmaker.domain.queue import QueuedRequest, QueueState, RunEvent
from kingmaker.domain.run import RunState
from kingmaker.domain.trial import Fault
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.parameters import LARGEST, Limit, PipelineName, RunNumber, Said
from kingmaker.interfaces.control_centre.streams import STREAM, RunStreams, stream_of, wants_stream
from kingmaker.interfaces.control_centre.telling import answers, told

router = APIRouter(tags=["runs"])

PipelineAsked = Annotated[str | None, Query(min_length=1, max_length=200)]
IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=200)]
"""Asking again with the same key is answered with what the first asking became."""


class Wanted(BaseModel):
    """The day as of which the run is to be, today when it is left out; higher priorities go first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: date | None = None
    priority: int = Field(default=0, ge=-100, le=100, strict=True)


class Nothing(BaseModel):
    """A body that says nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@router.post("/pipelines/{pipeline}/requests", **answers(QueuedRequest, status=HTTPStatus.ACCEPTED))
def ask(pipeline: PipelineName, wanted: Wanted, office: Asking, idempotency_key: IdempotencyKey = None) -> Response:
    """Ask for a run of the newest declaration. What waits or runs for the same already is the answer."""
    asked = office.ask(pipeline, as_of=wanted.as_of, key=idempotency_key, priority=wanted.priority)
    return told(asked, status=HTTPStatus.ACCEPTED, headers={"Location": f"/api/v1/requests/{asked.number}"})


@router.post("/runs/{run}/retry", **answers(QueuedRequest, status=HTTPStatus.ACCEPTED))
def retry(run: RunNumber, nothing: Nothing, office: Asking, idempotency_key: IdempotencyKey = None) -> Response:
    """Ask again for what a run that is over was asked for: its declaration and its day."""
    del nothing
    asked = office.retry(run, key=idempotency_key)
    return told(asked, status=HTTPStatus.ACCEPTED, headers={"Location": f"/api/v1/requests/{asked.number}"})


@router.get("/requests", **answers(list[QueuedRequest]))
def queue(
    office: Asking, pipeline: PipelineAsked = None, state: QueueState | None = None, limit: Limit = 50
) -> Response:
    """Requests, newest first."""
    return told(office.queue(pipeline=pipeline, state=state, limit=limit))


@router.get("/requests/{number}", **answers(QueuedRequest))
def queued(number: RunNumber, office: Asking) -> Response:
    """A request and what became of it."""
    return told(office.queued(number))


@router.post("/requests/{number}/withdraw", **answers(QueuedRequest))
def withdraw(number: RunNumber, said: Said, office: Asking) -> Response:
    """Take a request back that still waits."""
    return told(office.withdraw(number, why=said.why))


@router.get("/runs", **answers(list[RunLine]))
def runs(
    office: Asking,
    pipeline: PipelineAsked = None,
    state: RunState | None = None,
    limit: Limit = 20,
    before: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
) -> Response:
    """Runs, newest first; `before` a run's number, to page."""
    return told(office.runs(pipeline=pipeline, state=state, limit=limit, before=before))


@router.get("/runs/{run}", **answers(RunLine))
def run(run: RunNumber, office: Asking) -> Response:
    """How a run stands."""
    return told(office.run(run))


@router.post("/runs/{run}/cancel", **answers(RunLine))
def cancel(run: RunNumber, said: Said, office: Asking) -> Response:
    """Wish for the run's end: it stops within seconds, with the trials under way."""
    return told(office.cancel(run, why=said.why))


@router.get("/faults", **answers(list[Fault]))
def faults(
    office: Asking,
    pipeline: PipelineAsked = None,
    run: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
    since: datetime | None = None,
    kind: Annotated[str | None, Query(min_length=1, max_length=100)] = None,
    limit: Limit = 100,
) -> Response:
    """What failed while runs went on, newest first."""
    return told(office.faults(pipeline=pipeline, run=run, since=since, kind=kind, limit=limit))


_events = answers(list[RunEvent])
_events["responses"][HTTPStatus.OK.value]["content"] = {STREAM: {"schema": {"type": "string"}}}
_events["responses"][HTTPStatus.NO_CONTENT.value] = {"description": "The stream is over: do not ask for it again."}


@router.get("/runs/{run}/events", **_events)
async def events(
    run: RunNumber,
    request: Request,
    office: Asking,
    after: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
    limit: Limit = 1000,
    newest: bool = False,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> Response:
    """What the run told, from the one behind `after` on: of more than `limit` the first, or the `newest`.

    With `Accept: text/event-stream` it is told as it happens, until the run's end.
    """
    if not wants_stream(request.headers.get("accept", "")):
        return told(await run_in_threadpool(office.events, run, after=after, limit=limit, newest=newest))
    seen = int(last_event_id) if last_event_id is not None and last_event_id.isdecimal() else after
    line = await run_in_threadpool(office.run, run)
    if line.run.state.is_over() and not await run_in_threadpool(office.events, run, after=seen, limit=1):
        return Response(status_code=HTTPStatus.NO_CONTENT)
    streams = cast("RunStreams", request.app.state.streams)
    return StreamingResponse(
        stream_of(streams, run, after=min(seen, LARGEST)),
        media_type=STREAM,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
