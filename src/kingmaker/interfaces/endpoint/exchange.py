"""One request and its answer, as the wire hands it to a route."""

from collections.abc import Callable, Mapping
from typing import Protocol

JSON = b"application/json"


class Exchange(Protocol):
    """A parsed request. A route answers it exactly once: at once, or later on the event loop's thread."""

    @property
    def method(self) -> str:
        """GET, POST, …; HEAD comes to the routes of GET, and its answer's body is left out by the wire."""

    @property
    def path(self) -> str:
        """Without its query, percent-decoded."""

    @property
    def query(self) -> bytes:
        """What follows the `?`, as it was sent; empty without one."""

    @property
    def parts(self) -> Mapping[str, str]:
        """What stands in the path for each `{name}` of the route's pattern, percent-decoded."""

    @property
    def body(self) -> bytes: ...

    def header(self, name: bytes) -> bytes:
        """The value of a header by its lower-case name; b"" for one that was not sent."""

    def answer(
        self, status: int, body: bytes, content_type: bytes = JSON, headers: Mapping[bytes, bytes] | None = None
    ) -> None: ...

    def refuse(self, error: Exception) -> None:
        """Answer `Refused` as its problem, and anything else as 500, counted and told: for routes that answer later."""


Route = Callable[[Exchange], None]
"""May raise `Refused` (problems.py) for a 4xx; anything else it raises is answered as 500 and counted."""
