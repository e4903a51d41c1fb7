"""The depot: where an endpoint finds signed pointers and bundles, and leaves what it served and logged."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kingmaker.domain.errors import KingmakerError


class DepotUnreachable(KingmakerError):
    """The depot does not answer, or not as it should. It may later: what is in force stays in force."""

    code = "depot_unreachable"


class DepotRefused(KingmakerError):
    """The depot does not take this one thing, and will not take it later either; others it may."""

    code = "depot_refused"


@dataclass(frozen=True, slots=True)
class Marked:
    """A signed pointer's bytes and the `tag` that changes with them."""

    data: bytes
    tag: str


class Depot(Protocol):
    """Every method blocks, and may be called from several threads. Whatever may pass by itself is DepotUnreachable."""

    def pointer(self, pipeline: str, *, known: str = "", wait: float = 0.0) -> Marked | None:
        """The pipeline's signed pointer; None while its tag is still `known` after waiting for `wait` seconds.

        Answers as soon as there is another one. Raises NotFound when the pipeline has none.
        """

    def fetch(self, archive: str, size: int, into: Path) -> None:
        """Write the file of SHA-256 `archive` and of `size` bytes to `into`, or go on with the part that is there.

        Raises NotFound, and TamperFound, with `into` removed, for other bytes or more of them.
        """

    def leave(self, name: str, segment: Path) -> None:
        """Put a file into the inbox under its name (`pipeline/endpoint/segment`), whole; leaving it again is harmless.

        Raises DepotRefused, by a depot that judges: for a file that is too large, or another than was left under the name.
        """

    def report(self, pipeline: str, endpoint: str, told: bytes) -> None:
        """Say, as JSON, what an endpoint serves; the newest replaces what was told before."""

    def stop_waiting(self) -> None:
        """From now on no `pointer` waits and no `fetch` goes on, also where one is under way; the rest works as before."""
