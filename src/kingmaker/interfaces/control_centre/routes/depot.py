"""The depot: pointer, bundles, reports and logs of answers, under the places that endpoints know."""

import asyncio
import re
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from kingmaker.control.office.depot import MAX_REPORT_BYTES, MAX_SEGMENT_BYTES
from kingmaker.domain.errors import NotFound
from kingmaker.interfaces.control_centre.conditional import known_to, wait_preferred
from kingmaker.interfaces.control_centre.depot_desk import AtDepot, AtDesk
from kingmaker.interfaces.control_centre.telling import JSON
from kingmaker.interfaces.control_centre.uploads import arriving, body_of

BUNDLE: Final = "application/vnd.kingmaker.bundle"
_BY_DIGEST: Final = "/{shelf}/{rest}"
_SHELF, _REST = re.compile(r"[0-9a-f]{2}"), re.compile(r"[0-9a-f]{62}")
_REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"description": "Refused, and why.", "content": {"application/problem+json": {}}},
}
_POINTER: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The signed pointer, with its ETag.", "content": {JSON: {}}},
    304: {"description": "It is still the one that If-None-Match names."},
    **_REFUSED,
}
BUNDLE_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The bundle; its ETag is the digest.", "content": {BUNDLE: {}}},
    206: {"description": "The bytes that Range names.", "content": {BUNDLE: {}}},
    304: {"description": "If-None-Match names it: the bytes of a digest never change."},
    416: {"description": "Range begins behind the last byte."},
    **_REFUSED,
}

Name = Annotated[str, Path(min_length=1, max_length=200)]


class _ByDigest(APIRoute):
    """Matches digests alone: whatever else has two parts belongs to another route."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        parts = child.get("path_params", {})
        is_digest = _SHELF.fullmatch(str(parts.get("shelf"))) and _REST.fullmatch(str(parts.get("rest")))
        return (match, child) if is_digest else (Match.NONE, {})


router = APIRouter(tags=["depot"])


@router.get("/champions/{pipeline}.json", response_class=Response, responses=_POINTER)
async def pointer(pipeline: Name, request: Request, depot: AtDepot, desk: AtDesk) -> Response:
    """The signed pointer of a pipeline.

    With `If-None-Match` and `Prefer: wait=SECONDS` the answer comes as soon as there is another, at most a minute later.
    """
    depot.may_follow(pipeline)
    known, wait = known_to(request), desk.watch.wait_for(wait_preferred(request))
    marked = await desk.watch.pointer(pipeline, known, wait)
    if marked is None:
        raise NotFound("nothing is announced yet", where=pipeline, remedy="It is when the pipeline has a champion.")
    headers = {"ETag": marked.tag, "Cache-Control": "no-cache"}
    if wait:
        headers["Preference-Applied"] = f"wait={wait:g}"
    if known(marked.tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(marked.data, headers=headers, media_type=JSON)


@router.put("/endpoints/{pipeline}/{endpoint}.json", status_code=HTTPStatus.NO_CONTENT, responses=_REFUSED)
async def take_report(pipeline: Name, endpoint: Name, request: Request, depot: AtDepot) -> Response:
    """What an endpoint says of itself: a JSON object of at most 64 KiB, which replaces what it said before."""
    told = await body_of(request, MAX_REPORT_BYTES)
    await asyncio.to_thread(depot.take_report, pipeline, endpoint, told)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.put("/inbox/{pipeline}/{endpoint}/{segment}", status_code=HTTPStatus.NO_CONTENT, responses=_REFUSED)
async def take_segment(
    pipeline: Name, endpoint: Name, segment: Name, request: Request, depot: AtDepot, desk: AtDesk
) -> Response:
    """A segment of an endpoint's log of answers, at most 64 MiB. Leaving the same again is harmless; another is a conflict."""
    await asyncio.to_thread(depot.may_leave_segment, pipeline, endpoint, segment)
    async with arriving(request, depot.house.workspace, MAX_SEGMENT_BYTES) as arrived, desk.taking:
        await asyncio.to_thread(depot.take_segment, pipeline, endpoint, segment, arrived)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def bundle(shelf: str, rest: str, request: Request, depot: AtDepot) -> Response:
    """A published bundle, by its digest: the first two digits, and the other 62. Takes Range and If-Range."""
    digest = shelf + rest
    headers = {"ETag": f'"{digest}"', "Cache-Control": "private, max-age=31536000, immutable"}
    file = depot.bundle(digest)
    if known_to(request)(headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return FileResponse(file, headers=headers, media_type=BUNDLE)


router.add_api_route(
    _BY_DIGEST, bundle, route_class_override=_ByDigest, response_class=FileResponse, responses=BUNDLE_ANSWERS
)
router.add_api_route(
    _BY_DIGEST,
    bundle,
    methods=["HEAD"],
    route_class_override=_ByDigest,
    response_class=FileResponse,
    include_in_schema=False,
)
