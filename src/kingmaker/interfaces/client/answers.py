"""What a control centre answered: the record that was asked for, or its refusal as the error that the office would raise."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeVar

import httpx2
import msgspec

from kingmaker.domain import errors
from kingmaker.domain.errors import KingmakerError, ServerUnreachable
from kingmaker.interfaces.client.call import Call

T = TypeVar("T")
PROBLEM: Final = "application/problem+json"
_RELEASE = "The client and the server may be of different releases: `kingmaker --version` on both says which."
_ADDRESS = "Check the URL: it is the control centre's own, without /api/v1."
_CODES: Final[Mapping[str, type[KingmakerError]]] = MappingProxyType(
    {one.code: one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, KingmakerError)}
)


class _Problem(msgspec.Struct):
    code: str
    detail: str
    where: str = ""
    remedy: str = ""


def record_in(response: httpx2.Response, call: Call[T], where: str) -> T:
    """The record that was asked for. Raises what the server refused with, or ServerUnreachable for no such answer."""
    expect_success(response, where)
    if response.content and media_of(response) != call.media:
        raise not_a_centre(f"it answers with {media_of(response) or 'nothing that is named'}", where)
    try:
        return call.read(response.content)
    except msgspec.MsgspecError as error:
        raise ServerUnreachable(
            f"{call.method} {call.path} was answered with something else ({error})", where=where, remedy=_RELEASE
        ) from None


def expect_success(response: httpx2.Response, where: str) -> None:
    """The body must have been read. Raises the refusal that it holds."""
    if response.is_success:
        return
    if response.is_redirect:
        raise not_a_centre(f"it sends on to {response.headers.get('Location', '')[:200]!r}", where)
    if media_of(response) != PROBLEM:
        raise not_a_centre(f"it answers {response.status_code} {response.reason_phrase}".rstrip(), where)
    raise refusal_in(response.content, where)


def refusal_in(body: bytes, where: str) -> KingmakerError:
    """The error of the code's own class; one that is not known here is a KingmakerError that has the code."""
    try:
        told = msgspec.json.decode(body, type=_Problem)
    except msgspec.MsgspecError as error:
        return not_a_centre(f"its refusal cannot be read ({error})", where)
    refusal = _CODES.get(told.code, KingmakerError)(told.detail, where=told.where, remedy=told.remedy)
    refusal.code = told.code
    return refusal


def not_a_centre(what: str, where: str) -> ServerUnreachable:
    return ServerUnreachable(f"no control centre answers there: {what}", where=where, remedy=_ADDRESS)


def no_answer(error: Exception, where: str) -> ServerUnreachable:
    """For a connection that could not be made, broke or was silent too long."""
    told = str(error) or type(error).__name__
    return ServerUnreachable(
        f"the control centre does not answer ({told})", where=where, remedy="Is it running, and is the URL right?"
    )


def media_of(response: httpx2.Response) -> str:
    """The kind of its body, without parameters; empty when none is named."""
    told: str = response.headers.get("Content-Type", "")
    return told.partition(";")[0].strip().lower()
