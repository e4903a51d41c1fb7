"""One request and its answer, as the wire hands it to a route."""

from collections.abc import Callable, Mapping
from typing import Protocol

JSON = b"application/json"


class Exchange(Protocol):
    """A parsed request. A route answers it exactly once: at once, or later on the event loop's thread.

    `path` is without its query, percent-decoded; `header` takes a lower-case name and gives b"" for one that was not sent.
    """

    method: str
    path: str
    query: bytes
    body: bytes

    def header(self, name: bytes) -> bytes: ...

    def answer(
        self, status: int, body: bytes, content_type: bytes = JSON, headers: Mapping[bytes, bytes] | None = None
    ) -> None: ...


Route = Callable[[Exchange], None]
"""May raise `Refused` (problems.py) for a 4xx; anything else it raises is answered as 500 and counted."""
