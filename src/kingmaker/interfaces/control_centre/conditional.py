"""What a caller already has (`If-None-Match`), and how long it would wait for something else (`Prefer: wait`)."""

import math

from fastapi import Request

from kingmaker.interfaces.control_centre.pointer_watch import Known


def known_to(request: Request) -> Known:
    """Whether the caller has what carries a tag (RFC 9110, 13.1.2: weak comparison, a list, or `*` for anything)."""
    told = [one.strip().removeprefix("W/") for one in _listed(request, "if-none-match")]
    return lambda tag: tag in told or "*" in told


def wait_preferred(request: Request) -> float:
    """Seconds of the first `wait` preference (RFC 7240, 4.3); 0 without one, and for one that is no number."""
    for preference in _listed(request, "prefer"):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "wait":
            return _seconds(value.strip().strip('"'))
    return 0.0


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) and seconds > 0.0 else 0.0


def _listed(request: Request, header: str) -> list[str]:
    """The members of a list header, which may come in several lines."""
    return [one for line in request.headers.getlist(header) for one in line.split(",")]
