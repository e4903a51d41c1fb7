"""Why the wire itself refuses a request, before any route has seen it."""

import httptools

from kingmaker.interfaces.endpoint.limits import Limits
from kingmaker.interfaces.endpoint.problems import Refused

_LATER = {b"Retry-After": b"1"}

NO_TUNNEL = Refused(501, "method_unsupported", "an endpoint is no proxy: it does not CONNECT")
NO_HOST = Refused(400, "malformed_http", "a request of HTTP/1.1 names the host it is for", where="Host")


def refused_by(error: httptools.HttpParserError) -> Refused:
    """What the parser's error means: a callback of ours refused, or the bytes are not HTTP."""
    cause = error.__context__
    if isinstance(cause, Refused):
        return cause
    if isinstance(error, httptools.HttpParserCallbackError):
        return Refused(500, "unexpected", "the request could not be read")
    return Refused(400, "malformed_http", f"this is not an HTTP/1.1 request ({str(error)[:200]})")


def target_too_long(limits: Limits) -> Refused:
    return Refused(414, "target_too_long", f"the request line's target is longer than {limits.target_bytes:,} bytes")


def head_too_large(limits: Limits) -> Refused:
    return Refused(431, "headers_too_large", f"the headers are larger than {limits.head_bytes:,} bytes")


def body_too_large(limits: Limits) -> Refused:
    return Refused(
        413,
        "body_too_large",
        f"the body is larger than {limits.body_bytes:,} bytes",
        remedy="Send fewer rows a request; the endpoint's --max-body raises the limit.",
    )


def too_slow(limits: Limits, *, head: bool) -> Refused:
    part, seconds = ("headers", limits.head) if head else ("body", limits.body)
    return Refused(408, "request_timeout", f"the request's {part} did not arrive within {seconds:g} seconds")


def too_many_connections(limits: Limits) -> Refused:
    return Refused(
        503,
        "too_many_connections",
        f"there are {limits.connections:,} connections already",
        remedy="Try again in a second, or use another endpoint.",
        headers=_LATER,
    )


def too_busy(limits: Limits) -> Refused:
    return Refused(
        503,
        "too_busy",
        f"{limits.in_flight:,} requests are being answered already",
        remedy="Try again in a second, or use another endpoint.",
        headers=_LATER,
    )


def transferred(encoding: bytes) -> Refused:
    return Refused(
        501,
        "transfer_encoding_unsupported",
        f"the body is transferred as {encoding.decode('latin-1')[:100]}",
        where="Transfer-Encoding",
        remedy="Send it with a Content-Length, or chunked.",
    )


def encoded(encoding: bytes) -> Refused:
    return Refused(
        415,
        "encoding_unsupported",
        f"the body is encoded as {encoding.decode('latin-1')[:100]}",
        where="Content-Encoding",
        remedy="Send it as it is.",
    )
