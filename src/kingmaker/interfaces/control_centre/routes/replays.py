"""Replays: asked for, followed, cancelled, and what they came to."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from kingmaker.control.office.replays import EVERY, POLICIES
from kingmaker.domain.replay import Holds, ReplayOutlook, ReplayRequest
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.parameters import LARGEST, Limit, OfPipeline, PipelineName, Said
from kingmaker.interfaces.control_centre.routes.accounts import PAGE_POLICY
from kingmaker.interfaces.control_centre.telling import answers, told
from kingmaker.loop.replaying.result import ReplayResult
from kingmaker.pipeline.declaration import Promote

router = APIRouter(tags=["replays"])

Number = Annotated[int, Path(ge=1, le=LARGEST)]
IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=200)]
"""Asking again with the same key is answered with what the first asking became."""
Day = Annotated[str, Field(min_length=7, max_length=10, pattern="^[0-9-]+$")]
"""YYYY-MM, the month's last day, or YYYY-MM-DD."""
Policies = Annotated[list[Promote], Field(min_length=1, max_length=len(Promote))]
USUAL = tuple(Promote(policy) for policy in POLICIES)


class Wanted(BaseModel):
    """From the first date on, one `every` so often, none later than `to_month`; a month is its last day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    from_month: Day
    to_month: Day
    every: str = Field(default=EVERY, min_length=1, max_length=30)
    policies: Policies = Field(default=list(USUAL))
    holds: Holds = Holds.REFUSE


@router.post("/pipelines/{pipeline}/replays", **answers(ReplayRequest, status=HTTPStatus.ACCEPTED))
def ask(pipeline: PipelineName, wanted: Wanted, office: Asking, idempotency_key: IdempotencyKey = None) -> Response:
    """Ask for a replay of the newest declaration: what each policy would have done to the lender's own past."""
    asked = office.ask_replay(
        pipeline,
        from_month=wanted.from_month,
        to_month=wanted.to_month,
        every=wanted.every,
        policies=[policy.value for policy in wanted.policies],
        holds=wanted.holds,
        key=idempotency_key,
    )
    return told(asked, status=HTTPStatus.ACCEPTED, headers={"Location": f"/api/v1/replays/{asked.number}"})


@router.get("/pipelines/{pipeline}/replays/outlook", **answers(ReplayOutlook))
def outlook(
    pipeline: PipelineName,
    office: Asking,
    from_month: Annotated[str | None, Query(min_length=7, max_length=10)] = None,
    to_month: Annotated[str | None, Query(min_length=7, max_length=10)] = None,
    every: Annotated[str, Query(min_length=1, max_length=30)] = EVERY,
    policies: Annotated[str, Query(min_length=1, max_length=100)] = ",".join(POLICIES),
    holds: Holds = Holds.REFUSE,
) -> Response:
    """What such a replay would be, and roughly how long it would take; nothing is begun. Left out, the dates are chosen.

    Commas separate the policies.
    """
    chosen = policies.split(",")
    return told(
        office.replay_outlook(
            pipeline, from_month=from_month, to_month=to_month, every=every, policies=chosen, holds=holds
        )
    )


@router.get("/replays", **answers(list[ReplayRequest]))
def replays(
    office: Asking,
    pipeline: OfPipeline = None,
    limit: Limit = 20,
    before: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
) -> Response:
    """Newest first; `before` a replay's number, to page."""
    return told(office.replays(pipeline=pipeline, limit=limit, before=before))


@router.get("/replays/{number}", **answers(ReplayRequest))
def replay(number: Number, office: Asking) -> Response:
    """How it stands, and how far it is."""
    return told(office.replay(number))


@router.get("/replays/{number}/result", **answers(ReplayResult))
def result(number: Number, office: Asking) -> Response:
    """What it came to, once it is finished: what `kingmaker replay --json` prints."""
    return told(office.replay_result(number))


@router.get(
    "/replays/{number}/page",
    response_class=Response,
    responses={
        200: {"description": "One self-contained page.", "content": {"text/html": {}}},
        "4XX": {"description": "Refused, and why.", "content": {"application/problem+json": {}}},
    },
)
def page(number: Number, office: Asking) -> Response:
    """What it came to, as one HTML document with nothing to fetch and nothing to execute."""
    return Response(
        office.replay_page(number), media_type="text/html", headers={"Content-Security-Policy": PAGE_POLICY}
    )


@router.post("/replays/{number}/cancel", **answers(ReplayRequest))
def cancel(number: Number, said: Said, office: Asking) -> Response:
    """Wish for its end: it stops within seconds."""
    return told(office.cancel_replay(number, why=said.why))
