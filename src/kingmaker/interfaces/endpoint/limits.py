"""What an endpoint accepts from its callers, and for how long it waits for them."""

from dataclasses import dataclass

KIBIBYTE = 1_024
MEBIBYTE = 1_024 * KIBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Beyond a limit a caller is told so with a 4xx or 503; times are seconds.

    `in_flight` requests are being answered at once, over all connections; each connection may have sent `pipelined` more.
    `head` is the time from a request's first byte to the end of its headers, `body` from there to its last byte,
    `idle` between two requests, `write` for a caller to read on when nothing more can be written to it,
    `stop` for what is in flight when the endpoint is asked to leave.
    """

    body_bytes: int = 16 * MEBIBYTE
    rows: int = 10_000
    target_bytes: int = 8 * KIBIBYTE
    head_bytes: int = 32 * KIBIBYTE
    connections: int = 4_096
    in_flight: int = 1_024
    pipelined: int = 32
    head: float = 10.0
    body: float = 60.0
    idle: float = 75.0
    write: float = 30.0
    stop: float = 10.0

    @property
    def shortest(self) -> float:
        """The shortest of the times that are kept while serving."""
        return min(self.head, self.body, self.idle, self.write)
