"""A browser sends its cookie with whatever another site makes it ask: such requests change nothing.

Fetch metadata says where a request comes from in every browser since 2023; Origin says so in older ones. A program that has a
session and is no browser says that it means it, with a header no other site can set without being asked first.
"""

from typing import Final

from fastapi import Request

from kingmaker.domain.errors import Forbidden

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
MEANT: Final = "X-Kingmaker"


def refuse_other_sites(request: Request, *, meant: bool = True) -> None:
    """Raises Forbidden for a change that another site asks for; where `meant`, also for one that says nothing of itself."""
    if request.method in SAFE or _is_own(request, meant=meant):
        return
    raise Forbidden(
        "the request comes from another site, and a session is good for this one only",
        remedy=f"A program sends a token, or with its session the header {MEANT}: 1.",
    )


def _is_own(request: Request, *, meant: bool) -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site == "same-origin"
    if origin is not None:
        return origin == f"{request.url.scheme}://{request.url.netloc}"
    return not meant or MEANT in request.headers
