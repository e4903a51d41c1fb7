"""What may name a document: nothing that leads out of the vault, or in among its files by digest."""

import re
from typing import Final

from kingmaker.domain.errors import StorageFailed

LONGEST: Final = 400
_PART: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")
_PREFIX: Final = re.compile(r"[A-Za-z0-9._/-]*")
_SHORTEST_ROOM: Final = 3
"""Rooms of two characters are where files lie under the first two digits of their digests."""
INCOMING: Final = "incoming"
"""Where a folder keeps what is being written."""


def check_name(name: str) -> str:
    """The name as it is. Raises StorageFailed when it is none."""
    room, *rest = name.split("/")
    is_room = len(room) >= _SHORTEST_ROOM and room != INCOMING
    if not (rest and is_room and len(name) <= LONGEST and all(_PART.fullmatch(part) for part in (room, *rest))):
        raise StorageFailed(
            "This cannot name a document in the vault",
            where=repr(name[:80]),
            remedy="Name it `room/document`, in letters, digits, dots, underscores and hyphens.",
        )
    return name


def is_name(name: str) -> bool:
    """Whether `check_name` lets it pass."""
    try:
        check_name(name)
    except StorageFailed:
        return False
    return True


def check_prefix(prefix: str) -> str:
    """The prefix as it is. Raises StorageFailed when no name could begin so."""
    if not _PREFIX.fullmatch(prefix) or ".." in prefix or prefix.startswith(("/", ".")):
        raise StorageFailed(
            "No document in the vault has a name that begins so",
            where=repr(prefix[:80]),
            remedy="Correct the beginning.",
        )
    return prefix
