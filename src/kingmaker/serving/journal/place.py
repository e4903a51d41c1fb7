"""Where an endpoint's segments lie, and what their names say."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kingmaker.domain.errors import KingmakerError

OPEN = ".open"
CLOSED = ".jsonl"
PACKED = ".jsonl.gz"
PRIVATE = 0o640
"""Applicants' data are nobody's but the owner's and his group's."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class PlaceRefused(KingmakerError):
    """A pipeline's or an endpoint's name cannot be that of a folder."""

    code = "place_refused"


@dataclass(frozen=True, slots=True)
class Place:
    """`folder/pipeline/endpoint`. A segment is `.open` while it is written, then `.jsonl`, then `.jsonl.gz`.

    Raises PlaceRefused for a name that is not one of letters, digits, `.`, `_` and `-`.
    """

    folder: Path
    pipeline: str
    endpoint: str

    def __post_init__(self) -> None:
        for what, name in (("pipeline", self.pipeline), ("endpoint", self.endpoint)):
            if not _NAME.fullmatch(name):
                raise PlaceRefused(
                    f"the {what} is named {name!r}, which cannot name a folder of the log",
                    remedy="Use at most 200 letters, digits, `.`, `_` and `-`, a letter or digit first.",
                )

    @property
    def path(self) -> Path:
        return self.folder / self.pipeline / self.endpoint

    @property
    def shipped(self) -> Path:
        """Where shipped segments are kept for a while."""
        return self.path / "shipped"

    def inbox_name(self, segment: Path) -> str:
        """What a segment is called in the depot's inbox."""
        return f"{self.pipeline}/{self.endpoint}/{segment.name}"

    def waiting(self) -> list[Path]:
        """Closed segments that were not shipped yet, oldest first."""
        return sorted(_segments(self.path))

    def kept(self) -> list[Path]:
        """Shipped segments that are still here, oldest first."""
        return sorted(_segments(self.shipped))


def _segments(folder: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from (path for path in folder.iterdir() if path.name.endswith((CLOSED, PACKED)))
