"""Which documents of a vault are sealed, and what binds each to its place."""

from typing import Final

PLAIN_ROOMS: Final = frozenset({"champions", "endpoints"})
"""Signed pointers, which endpoints read without a key, and what endpoints say of themselves: no rows, nobody's data."""
INBOX: Final = "inbox"


def is_plain_room(name: str) -> bool:
    """Whether the document under this name stays as it is."""
    return name.partition("/")[0] in PLAIN_ROOMS


def context_of(name: str) -> bytes:
    """What a document is sealed with beside its key, so that it opens in no other's place.

    A segment of the log keeps its own name wherever it lies: the endpoint seals it before it is in the inbox.
    """
    room, _, rest = name.partition("/")
    return context_of_segment(rest.rpartition("/")[2]) if room == INBOX else f"document {name}".encode()


def context_of_segment(name: str) -> bytes:
    return f"segment {name}".encode()
