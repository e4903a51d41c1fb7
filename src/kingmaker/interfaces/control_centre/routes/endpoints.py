"""Endpoints: what they say of themselves, bundles, keys, outcomes."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from kingmaker.control.records import KeyTold
from kingmaker.domain.notice import OutcomeFile
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.depot_desk import AtDesk
from kingmaker.interfaces.control_centre.outcome_uploads import (
    FORMS,
    MULTIPART,
    sent_outcomes,
)
from kingmaker.interfaces.control_centre.routes.depot import BUNDLE, BUNDLE_ANSWERS, Name
from kingmaker.interfaces.control_centre.telling import answers, told
from kingmaker.loop.records import EndpointReport

router = APIRouter(tags=["endpoints"])

_FILE: Final[dict[str, Any]] = {"type": "string", "format": "binary"}
_FORM: Final[dict[str, Any]] = {"type": "object", "properties": {"file": _FILE}, "required": ["file"]}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {**{one: {"schema": _FILE} for one in FORMS}, MULTIPART: {"schema": _FORM}},
    }
}


@router.get("/pipelines/{pipeline}/endpoints", **answers(list[EndpointReport]))
def endpoints(pipeline: Name, office: Asking) -> Response:
    """What each endpoint says of itself, how far it is behind, and whether it has fallen silent."""
    return told(office.endpoints(pipeline))


@router.get("/pipelines/{pipeline}/edition", **answers(int | None))
def announced_edition(pipeline: Name, office: Asking) -> Response:
    """The edition that endpoints are told now; null while nothing is announced."""
    return told(office.announced_edition(pipeline))


@router.get("/pipelines/{pipeline}/versions/{version}/bundle", response_class=FileResponse, responses=BUNDLE_ANSWERS)
def bundle(pipeline: Name, version: Name, office: Asking) -> Response:
    """The signed bundle of a version (or of the `champion`), proven before it is sent. Takes Range and If-Range."""
    proven = office.bundle(pipeline, version)
    name = f"{pipeline}-{proven.version[:12]}.kingmaker"
    headers = {"ETag": f'"{proven.digest}"', "Cache-Control": "private, no-cache"}
    return FileResponse(proven.path, headers=headers, media_type=BUNDLE, filename=name)


@router.get("/keys", **answers(list[KeyTold]))
def keys(office: Asking) -> Response:
    """The public keys whose bundles are believed here: the house's own first."""
    return told(office.keys())


@router.post(
    "/pipelines/{pipeline}/outcomes",
    openapi_extra=_BODY,
    **answers(OutcomeFile, status=HTTPStatus.CREATED),
)
async def hand_in(pipeline: Name, request: Request, office: Asking, desk: AtDesk) -> Response:
    """Hand in what became of loans: the id's column and the outcome's, at most 256 MiB. The same bytes are one file."""
    await asyncio.to_thread(office.may_hand_in, pipeline)
    async with sent_outcomes(request, office.house.workspace) as (path, form), desk.taking:
        kept = await asyncio.to_thread(office.take_outcomes, pipeline, path, form=form.value)
    return told(kept, status=HTTPStatus.CREATED)


@router.get("/pipelines/{pipeline}/outcomes", **answers(list[OutcomeFile]))
def outcomes(pipeline: Name, office: Asking, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Response:
    """The files of outcomes that were handed in, newest first."""
    return told(office.outcomes(pipeline, limit=limit))
